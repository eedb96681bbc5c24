import { Outcome } from '../facts/requestTable.js';
import { type Distribution, exactDistribution } from './distribution.js';
import type { Estimate } from './estimate.js';
import { estimateDistribution } from './estimateDistribution.js';
import { requestMeasures } from './requestMeasures.js';
import type { RequestSlice } from './requestSlice.js';

type Estimates = [quantile: number | undefined, estimate: Estimate][];

/**
 * The E2E of completed requests lacks those that the end of the run cut short, and they are the long ones. Its
 * values are doubted where the same estimate with the open ones in it, as if they had ended now, lies above the
 * interval (without one: by more than 1%).
 */
export function doubtOpen(slices: readonly RequestSlice[], found: Estimates): Estimates {
  // Beyond the rows nobody knows which are open.
  if (slices.some(({ overflow }) => overflow.length > 0)) return found;
  if (slices.every((slice) => agesOfOpen(slice).length === 0)) return found;
  const withOpen = estimateDistribution(
    slices.map((slice) => timesSoFar([slice])),
    () => timesSoFar(slices),
    found.flatMap(([quantile]) => quantile ?? []),
  );
  return found.map(([quantile, estimate], i) => [quantile, doubted(estimate, withOpen[i]![1])]);
}

function doubted(completed: Estimate, { value }: Estimate): Estimate {
  if (completed.doubt !== undefined && completed.doubt !== 'oneReplication') return completed;
  const most = completed.interval?.high ?? 1.01 * completed.value!;
  if (value === undefined || value <= most) return completed;
  return { ...completed, doubt: 'stillOpen', note: 'too low: the slowest were still open' };
}

function timesSoFar(slices: readonly RequestSlice[]): Distribution {
  const times = slices.flatMap((slice) => [
    ...slice.rows.map((row) => requestMeasures.e2e(slice.run.requests, row)),
    ...agesOfOpen(slice),
  ]);
  return exactDistribution(Float64Array.from(times));
}

/** Time since they reached the router of the requests that are still inside at the end. */
function agesOfOpen({ run, window, includes }: RequestSlice): number[] {
  const { requests, endMs } = run;
  const ages: number[] = [];
  for (let row = 0; row < requests.count; row++) {
    if (requests.outcome[row] !== Outcome.open || !includes(row)) continue;
    const arrivalMs = requests.arrivalMs[row]!;
    if (arrivalMs >= window.fromMs && arrivalMs <= window.toMs) ages.push(endMs - arrivalMs);
  }
  return ages;
}
