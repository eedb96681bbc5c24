import type { Scenario } from '../run/scenario.js';
import { exactDistribution } from './distribution.js';
import { type Estimate, estimateMean } from './estimate.js';
import { estimateDistribution } from './estimateDistribution.js';
import { humanMetrics } from './humanMetrics.js';
import { type SessionFacts, sessionFacts } from './sessionFacts.js';
import type { MeasuredRun } from './summariseRequests.js';
import type { MetricValue } from './summary.js';
import { type TurnMeasure, turnMeasures } from './turnMeasures.js';
import { type TurnRates, turnRates } from './turnRates.js';
import { type TurnSlice, turnSlice } from './turnSlice.js';

type HumanMetricId = (typeof humanMetrics)[number]['id'];
type RateId = Exclude<keyof TurnRates, 'turns'>;

/**
 * The metrics of humans, turns, tasks and sessions over replications: of all session populations together,
 * then of each. Empty without any. Together, what is about flow is about the interactive ones alone.
 */
export function summariseTurns(
  runs: readonly MeasuredRun[],
  scenario: Scenario,
  extraQuantiles: readonly number[],
): MetricValue[] {
  const populations = sessionFacts(scenario);
  if (populations.length === 0) return [];
  const interactive = populations.filter((population) => population.interactive);
  const summariseFor = (
    subject: string | undefined,
    members: readonly SessionFacts[],
    isWanted: (id: HumanMetricId) => boolean,
  ) => {
    const slices = runs.map(({ run, window }) => turnSlice(run, window, members));
    const rates = slices.map(turnRates);
    return humanMetrics.flatMap((metric): MetricValue[] =>
      isWanted(metric.id) ? valuesOf(metric, subject, slices, rates, extraQuantiles) : [],
    );
  };
  return [
    ...(interactive.length > 0 ? summariseFor(undefined, interactive, isAboutFlow) : []),
    ...summariseFor(
      undefined,
      populations,
      (id) => !isAboutFlow(id) && id !== 'notificationLateness',
    ),
    ...populations.flatMap((population) =>
      summariseFor(population.name, [population], (id) =>
        population.interactive
          ? id !== 'notificationLateness'
          : !isAboutFlow(id) || id === 'turnWait',
      ),
    ),
  ];
}

function valuesOf(
  { id, quantiles }: (typeof humanMetrics)[number],
  subject: string | undefined,
  slices: readonly TurnSlice[],
  rates: readonly TurnRates[],
  extraQuantiles: readonly number[],
): MetricValue[] {
  const value = (quantile: number | undefined, estimate: Estimate): MetricValue => ({
    metric: id,
    subject,
    quantile,
    ...estimate,
  });
  if (!isMeasure(id)) {
    const turns = rates.reduce((total, each) => total + each.turns, 0);
    const byReplication = rates.map((each) => each[id]);
    return [value(undefined, estimateMean(byReplication, turns))];
  }
  const values = slices.map(turnMeasures[id]);
  const byReplication = values.map(exactDistribution);
  const pool = () => exactDistribution(Float64Array.from(values.flatMap((each) => [...each])));
  const all = [...quantiles, ...extraQuantiles];
  return estimateDistribution(byReplication, pool, all).map(([quantile, estimate]) =>
    value(quantile, estimate),
  );
}

function isMeasure(id: HumanMetricId): id is TurnMeasure {
  return id in turnMeasures;
}

/** Metrics of an interactive human; the others hold for background tasks too. */
const aboutFlow: ReadonlySet<HumanMetricId> = new Set<RateId | TurnMeasure>([
  'humanInFlowLatency',
  'flowFraction',
  'humanBottleneckRatio',
  'steersPerHour',
  'firstUsefulWait',
  'turnWait',
  'longestGap',
  'immediateShare',
  'inFlowShare',
  'strainedShare',
  'brokenShare',
  'waitingShare',
  'attentionShare',
  'attentionLossShare',
  'offTaskShare',
  'flowSessionsPerHour',
  'flowMinutesPerHour',
]);

function isAboutFlow(id: HumanMetricId): boolean {
  return aboutFlow.has(id);
}
