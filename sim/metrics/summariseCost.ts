import type { Scenario } from '../run/scenario.js';
import { type Estimate, estimateMean } from './estimate.js';
import { estimateCost } from './estimateCost.js';
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
  const usdPerSec = runs.map(() => (usdPerHour ?? Number.NaN) / 3600);
  const value = (metric: MetricValue['metric'], estimate: Estimate): MetricValue => {
    const note = usdPerHour === undefined ? `no price for ${unpriced(scenario)}` : estimate.note;
    return { metric, subject: undefined, quantile: undefined, ...estimate, note };
  };
  return [
    value(
      'usdPerHour',
      estimateMean(
        runs.map(() => usdPerHour ?? Number.NaN),
        samples,
      ),
    ),
    value(
      'costPerRequest',
      estimateCost(
        usdPerSec,
        rates.map((rate) => rate.throughput),
        samples,
      ),
    ),
    value(
      'costPerMillionTokens',
      estimateCost(
        usdPerSec,
        rates.map((rate) => rate.outputTokensPerSec / 1e6),
        samples,
      ),
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
