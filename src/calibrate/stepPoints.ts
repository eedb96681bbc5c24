import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import type { BatchShape } from '../../sim/hardware/iterationCost.js';
import { costOn, type MeasuredPoint } from './measuredPoint.js';
import { rooflineOf } from './physicalParameters.js';

/** A measured iteration. */
export interface StepRow {
  readonly label: string;
  readonly cell: string;
  readonly deployment: Deployment;
  readonly shape: BatchShape;
  /** Tokens of context, or of the prompt. */
  readonly tokens: number;
  readonly measuredMs: number;
  /** Composed of kernel times: without norms, activations, sampling and host. */
  readonly isComposed: boolean;
}

/** The points of measured iterations. */
export function stepPoints(rows: readonly StepRow[]): MeasuredPoint[] {
  return rows.map(({ deployment, shape, isComposed, ...row }) => ({
    label: row.label,
    metric: 'step',
    measuredMs: row.measuredMs,
    cell: row.cell,
    accelerators: deployment.tensorParallel,
    tokens: row.tokens,
    predictMs: (accelerator) => {
      if (isComposed) return costOn(kernelsOf(accelerator), deployment).deviceMs(shape);
      const cost = costOn(accelerator, deployment);
      const hostMs = cost.hostMs(shape.decodeRows + shape.chunks);
      return Math.max(cost.deviceMs(shape), hostMs) + cost.syncMs;
    },
  }));
}

const bare = new WeakMap<Accelerator, Accelerator>();

/** The accelerator with nothing between its large kernels. */
function kernelsOf(accelerator: Accelerator): Accelerator {
  const known = bare.get(accelerator);
  if (known !== undefined) return known;
  const cost = { ...rooflineOf(accelerator), unfused: { perLayerMs: 0, activationTraffic: 0 } };
  const made = { ...accelerator, cost };
  bare.set(accelerator, made);
  return made;
}
