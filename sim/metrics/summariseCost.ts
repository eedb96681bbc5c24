import type { Scenario } from '../run/scenario.js';
import { estimateMean } from './estimate.js';
import { fleetUsdPerHour } from './fleetPrice.js';
import { requestRates } from './requestRates.js';
import { requestSlice } from './requestSlice.js';
import type { MeasuredRun } from './summariseRequests.js';
import type { MetricValue } from './summary.js';

/** What the fleet costs: per hour, and by the work that it completed. Without prices: values that are undefined. */
export function summariseCost(runs: readonly MeasuredRun[], scenario: Scenario): MetricValue[] {
  const usdPerHour = fleetUsdPerHour(scenario);
  const rates = runs.map(({ run, window }) =>
    requestRates(requestSlice(run, window, undefined), []),
  );
  const samples = rates.reduce((total, { completed }) => total + completed, 0);
  const costPer = (unitsPerSec: number) =>
    usdPerHour === undefined || !(unitsPerSec > 0) ? Number.NaN : usdPerHour / 3600 / unitsPerSec;
  const value = (metric: MetricValue['metric'], byReplication: readonly number[]): MetricValue => {
    const estimate = estimateMean(byReplication, samples);
    const note = usdPerHour === undefined ? `no price for ${unpriced(scenario)}` : estimate.note;
    return { metric, subject: undefined, quantile: undefined, ...estimate, note };
  };
  return [
    value(
      'usdPerHour',
      runs.map(() => usdPerHour ?? Number.NaN),
    ),
    value(
      'costPerRequest',
      rates.map((rate) => costPer(rate.throughput)),
    ),
    value(
      'costPerMillionTokens',
      rates.map((rate) => 1e6 * costPer(rate.outputTokensPerSec)),
    ),
  ];
}

function unpriced({ pools }: Scenario): string {
  const names = pools
    .filter((pool) =>
      pool.kind === 'engine'
        ? pool.usdPerReplicaHour === undefined
        : pool.usdPerServerHour === undefined,
    )
    .map(({ name }) => name);
  return names.join(', ');
}
