import { grown } from '../kernel/grown.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { IterationCost } from './iterationCost.js';
import type { HostTime } from './rooflineParameters.js';

/** The host's part of an iteration cost, on the time grid. `ownRows`: rows of the busiest of its processes. */
export function hostTime(
  host: HostTime,
  grid: TimeGrid,
  ownRows: (rows: number) => number = (rows) => rows,
): Pick<IterationCost, 'hostMs' | 'syncMs'> {
  /** By number of rows. */
  let knownMs = timesFrom(new Float64Array(257), 0);

  function timesFrom(times: Float64Array, first: number): Float64Array {
    for (let rows = first; rows < times.length; rows++) {
      times[rows] = grid.round(host.perIterationMs + ownRows(rows) * host.perRowMs);
    }
    return times;
  }

  return {
    hostMs: (rows) => {
      if (rows >= knownMs.length) {
        const known = knownMs.length;
        knownMs = timesFrom(grown(knownMs, Math.max(2 * known, rows + 1)), known);
      }
      return knownMs[rows]!;
    },
    syncMs: grid.round(host.syncMs),
  };
}
