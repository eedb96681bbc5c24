import { fsum } from 'd3-array';
import { type Estimate, estimateMean } from './estimate.js';

/**
 * Cost per unit over replications, each of which paid `usd[i]` and had `units[i]`; `samples` counts what is
 * behind it. Where some replications had no unit, those that had one do not tell what one costs: then all that
 * was paid over all units, without an interval.
 */
export function estimateCost(
  usd: readonly number[],
  units: readonly number[],
  samples: number,
): Estimate {
  const without = units.filter((count) => !(count > 0)).length;
  const costs = usd.map((paid, i) => (units[i]! > 0 ? paid / units[i]! : Number.NaN));
  const estimate = estimateMean(costs, samples);
  if (without === 0 || estimate.value === undefined) return estimate;
  return {
    value: fsum(usd) / fsum(units),
    samples,
    halfWidth: undefined,
    interval: undefined,
    doubt: 'someWithout',
    note: `${without} of ${units.length} replications have none`,
  };
}
