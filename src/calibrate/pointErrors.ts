import { quantileSorted } from '../../sim/statistics/quantileSorted.js';
import type { PredictedPoint } from './fitAccelerator.js';

/** How far predictions are off, as shares of what was measured. */
export interface PointErrors {
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  readonly p90: number;
  readonly worst: number;
  /** Mean with its sign: above 0, predictions are too slow. */
  readonly bias: number;
}

export function pointErrors(points: readonly PredictedPoint[]): PointErrors {
  const signed = points.map(({ point, predictedMs }) => predictedMs / point.measuredMs - 1);
  const sizes = Float64Array.from(signed, Math.abs).sort();
  const mean = (values: Iterable<number>) => {
    let total = 0;
    for (const value of values) total += value;
    return total / points.length;
  };
  const at = (quantile: number) =>
    sizes.length === 0 ? Number.NaN : quantileSorted(sizes, quantile);
  return {
    count: points.length,
    mean: mean(sizes),
    median: at(0.5),
    p90: at(0.9),
    worst: at(1),
    bias: mean(signed),
  };
}
