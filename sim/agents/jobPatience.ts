// How long the job of a step waits for its slot.
import type { DrawKey } from '../kernel/hashDraw.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { AgentResource } from './agentResource.js';
import { StepDraw } from './stepDraw.js';

/** Time on the grid until the job of this attempt gives up waiting; Infinity at a resource where nobody does. */
export function jobPatienceMs(
  { patienceMs }: AgentResource,
  key: DrawKey,
  attempt: number,
  grid: TimeGrid,
): number {
  if (patienceMs === undefined) return Number.POSITIVE_INFINITY;
  return grid.round(patienceMs(key.uniform(StepDraw.patience, attempt)));
}
