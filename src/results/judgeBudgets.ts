import { metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { MetricValue, Summary } from '../../sim/metrics/summary.js';
import type { Scenario } from '../../sim/run/scenario.js';
import type { Budget } from '../config/loadedExperiment.js';
import { formatQuantity } from '../format/formatQuantity.js';
import { findMetric } from './findMetric.js';
import { profileError } from './profileError.js';

/** What a budget was found to be. No data is never a pass. */
export interface BudgetVerdict {
  readonly budget: Budget;
  readonly verdict: 'pass' | 'fail' | 'undecided' | 'noData';
  readonly value: MetricValue | undefined;
  /** Relative error of the hardware profiles behind the value; 0 where they carry none. */
  readonly profileError: number;
  readonly reason: string;
}

/** Judges every budget of an experiment. */
export function judgeBudgets(
  budgets: readonly Budget[],
  summary: Summary,
  scenario: Scenario,
): BudgetVerdict[] {
  return budgets.map((budget) => {
    const subject = budget.population ?? budget.pool;
    const { metric, quantile } = budget;
    const value = findMetric(summary.metrics, { metric, subject, quantile });
    return judgeBudget(budget, value, profileError(scenario, budget));
  });
}

/**
 * Judges on the 95% interval, stretched by the relative error of the profiles: a pass lies within its
 * bounds as a whole, a fail outside as a whole, and whatever is in between, or lacks evidence, is undecided.
 */
export function judgeBudget(
  budget: Budget,
  value: MetricValue | undefined,
  profileError: number,
): BudgetVerdict {
  const verdict = (kind: BudgetVerdict['verdict'], reason: string): BudgetVerdict => ({
    budget,
    verdict: kind,
    value,
    profileError,
    reason,
  });
  if (value?.value === undefined) return verdict('noData', value?.note ?? 'nothing to measure');
  const { unit } = metricDefinition(budget.metric)!;
  const shown = formatQuantity(value.value, unit, value.halfWidth);
  if (value.doubt !== undefined || !value.interval) {
    return verdict(
      'undecided',
      `${shown}: ${value.note ?? doubtTexts[value.doubt ?? 'noSamples']}`,
    );
  }
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = budget;
  const [sampling, stretched] = [value.interval, stretch(value.interval, profileError)].map(
    ({ low, high }) => {
      if (low > max || high < min) return 'fail';
      return high <= max && low >= min ? 'pass' : 'undecided';
    },
  );
  if (stretched !== 'undecided') return verdict(stretched!, shown);
  const bound = formatQuantity(value.value > max || budget.min === undefined ? max : min, unit);
  const why =
    sampling === 'undecided'
      ? `${bound} is inside the interval: more replications`
      : `would ${sampling}, but the profile is only good to ±${percent(profileError)}`;
  return verdict('undecided', `${shown}: ${why}`);
}

/** Times are off by a factor between 1 − error, at least 0, and 1 + error. */
function stretch(interval: { readonly low: number; readonly high: number }, error: number) {
  return { low: interval.low * Math.max(0, 1 - error), high: interval.high * (1 + error) };
}

function percent(ratio: number): string {
  return formatQuantity(ratio, 'ratio');
}

/** Why no verdict may rest on a value, for values whose line says nothing itself. */
export const doubtTexts: Readonly<Record<NonNullable<MetricValue['doubt']>, string>> = {
  noSamples: 'nothing to measure',
  tooFewSamples: 'too few samples',
  oneReplication: 'one replication: no interval over runs',
  someWithout: 'some replications have none',
  stillOpen: 'the slowest were still open',
  growsWithRunLength: 'more arrives than is finished',
  warmupNotOver: 'warm-up not over: run longer',
  limitReached: 'stopped at a limit',
};
