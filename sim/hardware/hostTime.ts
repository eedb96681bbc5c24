import type { TimeGrid } from '../kernel/timeGrid.js';
import type { IterationCost } from './iterationCost.js';
import type { HostTime } from './rooflineParameters.js';

/** The host's part of an iteration cost, on the time grid. `ownRows`: rows of the busiest of its processes. */
export function hostTime(
  host: HostTime,
  grid: TimeGrid,
  ownRows: (rows: number) => number = (rows) => rows,
): Pick<IterationCost, 'hostMs' | 'syncMs'> {
  return {
    hostMs: (rows) => grid.round(host.perIterationMs + ownRows(rows) * host.perRowMs),
    syncMs: grid.round(host.syncMs),
  };
}
