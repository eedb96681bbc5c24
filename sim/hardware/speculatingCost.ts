import type { TimeGrid } from '../kernel/timeGrid.js';
import type { IterationCost } from './iterationCost.js';

/** What drafting costs in an iteration with decode rows: a fixed time per drafted token, or a share of the iteration each. */
export interface DraftCost {
  readonly draftTokens: number;
  readonly draftMs: number;
  /** Of the time on the accelerators. */
  readonly draftShare: number;
}

/** An iteration cost with the time of drafting added, on the grid. Its operations and bytes are not counted. */
export function speculatingCost(
  cost: IterationCost,
  { draftTokens, draftMs, draftShare }: DraftCost,
  grid: TimeGrid,
): IterationCost {
  const fixedMs = grid.round(draftTokens * draftMs);
  return {
    ...cost,
    // Contexts do not grow by one token an iteration.
    isAffine: false,
    deviceMs(shape) {
      const deviceMs = cost.deviceMs(shape);
      if (shape.decodeRows === 0) return deviceMs;
      return deviceMs + fixedMs + grid.round(draftTokens * draftShare * deviceMs);
    },
  };
}
