import { type IterationCost, iterationCost } from '../hardware/iterationCost.js';
import { speculatingCost } from '../hardware/speculatingCost.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { EnginePoolSpec } from './scenario.js';

/** The cost of an iteration of a pool: its deployment's, with drafting where it speculates. */
export function engineCost(
  { deployment, engine }: Pick<EnginePoolSpec, 'deployment' | 'engine'>,
  grid: TimeGrid,
): IterationCost {
  const cost = iterationCost(deployment, grid);
  return engine.speculation === undefined ? cost : speculatingCost(cost, engine.speculation, grid);
}
