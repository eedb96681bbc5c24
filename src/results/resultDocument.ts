import { metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { MetricValue, Summary } from '../../sim/metrics/summary.js';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { engineFlags } from './engineFlags.js';
import type { BudgetVerdict } from './judgeBudgets.js';
import type { ResultDocument } from './resultSchema.js';
import { vllmBench } from './vllmBench.js';

/** The result of an experiment as one JSON document: stable order, no time stamps, no names of machines. */
export function resultDocument(
  experiment: LoadedExperiment,
  summary: Summary,
  verdicts: readonly BudgetVerdict[],
): ResultDocument {
  const { scenario } = experiment;
  return {
    schema: 'inflow-summary/1',
    experiment: {
      name: experiment.name,
      mix: experiment.mix ?? null,
      about: experiment.about ?? null,
      seed: experiment.seed,
      replications: experiment.replications,
      finished: summary.replications,
      quick: experiment.isQuick,
      horizonMs: scenario.horizonMs,
      configHash: experiment.configHash,
    },
    engine: {
      version: summary.engine,
      flags: Object.fromEntries(
        scenario.pools.flatMap((pool) =>
          pool.kind === 'engine' ? [[pool.name, engineFlags(pool.engine)]] : [],
        ),
      ),
    },
    stability: { ...summary.stability },
    warmup: {
      untilMs: summary.warmup.untilMs,
      rule: summary.warmup.rule,
      refused: summary.warmup.isRefused,
    },
    fit: experiment.fit.map((line) => line.text),
    profiles: Object.fromEntries(
      experiment.pools.map((pool) => [pool.name, pool.confidence ?? null]),
    ),
    metrics: summary.metrics.map(metricEntry),
    outcomes: Object.fromEntries(summary.outcomes.map(({ outcome, count }) => [outcome, count])),
    turns: Object.fromEntries(summary.turns.map(({ end, count }) => [end, count])),
    remarks: [...summary.remarks],
    budgets: verdicts.map(budgetEntry),
    vllmBench: vllmBench(summary),
    fingerprints: [...summary.fingerprints],
    events: summary.events,
  };
}

function metricEntry(value: MetricValue): ResultDocument['metrics'][number] {
  return {
    metric: value.metric,
    subject: value.subject ?? null,
    quantile: value.quantile ?? null,
    unit: metricDefinition(value.metric)!.unit,
    value: value.value ?? null,
    halfWidth: value.halfWidth ?? null,
    low: value.interval?.low ?? null,
    high: value.interval?.high ?? null,
    samples: value.samples,
    doubt: value.doubt ?? null,
    note: value.note ?? null,
  };
}

/** A budget and what it was found to be, as documents list it. */
export function budgetEntry(verdict: BudgetVerdict): ResultDocument['budgets'][number] {
  const { budget } = verdict;
  return {
    metric: budget.metric,
    subject: budget.population ?? budget.pool ?? null,
    quantile: budget.quantile ?? null,
    min: budget.min ?? null,
    max: budget.max ?? null,
    level: budget.level,
    verdict: verdict.verdict,
    profileError: verdict.profileError,
    reason: verdict.reason,
  };
}
