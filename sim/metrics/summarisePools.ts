import { Outcome, type RequestTable } from '../facts/requestTable.js';
import type { PoolSpec, Scenario } from '../run/scenario.js';
import { LogHistogram } from '../statistics/logHistogram.js';
import { histogramDistribution } from './distribution.js';
import { estimateMean } from './estimate.js';
import { estimateDistribution } from './estimateDistribution.js';
import { poolUsdPerHour } from './fleetPrice.js';
import { poolMetrics } from './poolMetrics.js';
import { engineValues, type PoolValues, stationValues } from './poolValues.js';
import type { MeasuredRun } from './summariseRequests.js';
import type { MetricValue } from './summary.js';

/** The metrics of every pool, and of the gateway, over replications. */
export function summarisePools(
  runs: readonly MeasuredRun[],
  scenario: Scenario,
  extraQuantiles: readonly number[],
): MetricValue[] {
  const pools = scenario.pools.flatMap((spec, index) =>
    summarisePool(runs, spec, index, extraQuantiles),
  );
  const everyEngine = scenario.pools.flatMap(({ kind }, index) =>
    kind === 'engine' ? [index] : [],
  );
  const ofRun = gapsBetweenTokens(runs, undefined, everyEngine, extraQuantiles);
  return [...ofRun, ...summariseGateway(runs, scenario), ...pools];
}

function summarisePool(
  runs: readonly MeasuredRun[],
  spec: PoolSpec,
  index: number,
  extraQuantiles: readonly number[],
): MetricValue[] {
  const byReplication = runs.map(({ run, window }) => {
    const pool = run.pools[index]!;
    return spec.kind === 'engine'
      ? engineValues(pool, spec, window, meanContextTokens(run.requests, index))
      : stationValues(pool, window);
  });
  const completed = runs.reduce((total, { run }) => total + run.pools[index]!.completed, 0);
  const values = valuesOver(byReplication, spec.name, completed);
  if (spec.kind === 'engine')
    values.push(...gapsBetweenTokens(runs, spec.name, [index], extraQuantiles));
  const usdPerHour = poolUsdPerHour(spec);
  if (usdPerHour !== undefined) values.push(priceOf(spec.name, usdPerHour));
  return values;
}

function summariseGateway(runs: readonly MeasuredRun[], scenario: Scenario): MetricValue[] {
  const { gateway } = scenario;
  if (!gateway) return [];
  const byReplication = runs.flatMap(({ run, window }) =>
    run.gateway ? [stationValues(run.gateway, window)] : [],
  );
  const completed = runs.reduce((total, { run }) => total + (run.gateway?.completed ?? 0), 0);
  const values = valuesOver(byReplication, gateway.name, completed);
  if (gateway.usdPerHour !== undefined) values.push(priceOf(gateway.name, gateway.usdPerHour));
  return values;
}

function valuesOver(
  byReplication: readonly PoolValues[],
  subject: string,
  samples: number,
): MetricValue[] {
  return poolMetrics.flatMap(({ id }): MetricValue[] => {
    if (id === 'itl' || byReplication.every((values) => values[id] === undefined)) return [];
    const each = byReplication.map((values) => values[id] ?? Number.NaN);
    return [{ metric: id, subject, quantile: undefined, ...estimateMean(each, samples) }];
  });
}

/** The ITL of some pools together, by their indices. */
function gapsBetweenTokens(
  runs: readonly MeasuredRun[],
  subject: string | undefined,
  pools: readonly number[],
  extraQuantiles: readonly number[],
): MetricValue[] {
  const histograms = runs.map(({ run }) => merged(pools.map((index) => run.pools[index]!.itlMs)));
  const shown = poolMetrics.find(({ id }) => id === 'itl')?.quantiles ?? [];
  return estimateDistribution(
    histograms.map(histogramDistribution),
    () => histogramDistribution(merged(histograms)),
    [...shown, ...extraQuantiles],
  ).map(([quantile, estimate]) => ({ metric: 'itl', subject, quantile, ...estimate }));
}

function merged(histograms: readonly LogHistogram[]): LogHistogram {
  const all = new LogHistogram();
  for (const histogram of histograms) all.merge(histogram);
  return all;
}

/** Prompt and output tokens of the requests that a pool completed, on average; NaN if there were none. */
function meanContextTokens(requests: RequestTable, pool: number): number {
  let tokens = 0;
  let completed = 0;
  for (let row = 0; row < requests.count; row++) {
    if (requests.pool[row] !== pool || requests.outcome[row] !== Outcome.completed) continue;
    tokens += requests.promptTokens[row]! + requests.outputTokens[row]!;
    completed++;
  }
  return tokens / completed;
}

function priceOf(subject: string, usdPerHour: number): MetricValue {
  return {
    metric: 'usdPerHour',
    subject,
    quantile: undefined,
    value: usdPerHour,
    halfWidth: 0,
    interval: { low: usdPerHour, high: usdPerHour },
    samples: 0,
    doubt: undefined,
    note: undefined,
  };
}
