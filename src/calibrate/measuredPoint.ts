import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import { type IterationCost, iterationCost } from '../../sim/hardware/iterationCost.js';
import { powerOfTwoGrid, type TimeGrid } from '../../sim/kernel/timeGrid.js';

export const pointMetrics = ['step', 'ttft', 'tpot', 'e2e'] as const;
export type PointMetric = (typeof pointMetrics)[number];

/** One measured time, and what the simulator says about it on any accelerator. */
export interface MeasuredPoint {
  /** What was measured, for people: model, accelerators, load. */
  readonly label: string;
  readonly metric: PointMetric;
  readonly measuredMs: number;
  /** Model × chip × engine × precision: whole cells are held out, never neighbours of fitted points. */
  readonly cell: string;
  /** Accelerators of the replica, and length of the prompt or the context: axes that are held out inside a cell. */
  readonly accelerators: number;
  readonly tokens: number;
  readonly predictMs: (accelerator: Accelerator) => number;
}

const grid: TimeGrid = powerOfTwoGrid(27);
const costs = new WeakMap<Accelerator, Map<Deployment, IterationCost>>();

/** The cost of a deployment on another accelerator than its own; made once for each. */
export function costOn(accelerator: Accelerator, deployment: Deployment): IterationCost {
  const known = costs.get(accelerator) ?? new Map<Deployment, IterationCost>();
  costs.set(accelerator, known);
  const cost = known.get(deployment) ?? iterationCost({ ...deployment, accelerator }, grid);
  known.set(deployment, cost);
  return cost;
}
