import type { MeasuredCell } from '../../sim/hardware/accelerator.js';
import { precisions } from '../../sim/hardware/deployment.js';
import type { PredictedPoint } from '../calibrate/fitAccelerator.js';
import { pointErrors } from '../calibrate/pointErrors.js';
import type { HeldOut } from './heldOutErrors.js';
import type { ValidationSet } from './validationSets.js';

/** Sets of many measurements. Whole runs are single figures, and the simulated loops are some of those of TPOT. */
const sections: readonly ValidationSet['section'][] = ['steps', 'tpot', 'ttft'];

/** How far a profile is off by model and precision, wherever one was measured: what its `cells` say. */
export function measuredCells(
  profile: string,
  sets: readonly ValidationSet[],
  held: HeldOut,
): MeasuredCell[] {
  const points = sets
    .filter((set) => set.profile === profile && sections.includes(set.section))
    .flatMap((set) => set.points);
  const names = [...new Set(points.map(({ point }) => modelAndWeights(point.cell)))];
  return names.sort().flatMap((name): MeasuredCell[] => {
    const [model, written] = name.split(' ');
    const weights = precisions.find((precision) => precision === written);
    // Steps of a recorded run are named after the run.
    if (model === undefined || weights === undefined) return [];
    const own = points.filter(({ point }) => modelAndWeights(point.cell) === name);
    const unseen = Object.entries(held).flatMap(([key, { mean }]) => {
      const [of, metric, cell] = key.split(' | ') as [string, string, string];
      const isOwn = of === profile && modelAndWeights(cell) === name && metric !== 'ttft';
      return isOwn ? [mean] : [];
    });
    const ttft = meanError(own, 'ttft');
    return [
      {
        model,
        weights,
        error: Math.max(meanError(own, 'step') ?? 0, meanError(own, 'tpot') ?? 0),
        ...(unseen.length === 0 ? {} : { heldOut: Math.max(...unseen) }),
        ...(ttft === undefined ? {} : { ttft }),
      },
    ];
  });
}

/** `llama-3.1-8b fp8 h200_sxm vllm`: its first two words. */
function modelAndWeights(cell: string): string {
  return cell.split(' ').slice(0, 2).join(' ');
}

function meanError(points: readonly PredictedPoint[], metric: string): number | undefined {
  const own = points.filter(({ point }) => point.metric === metric);
  return own.length === 0 ? undefined : pointErrors(own).mean;
}
