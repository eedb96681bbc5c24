import type { Accelerator } from '../../sim/hardware/accelerator.js';
import { invariant } from '../../sim/kernel/invariant.js';
import { type LeastSquaresFit, leastSquares } from './leastSquares.js';
import type { MeasuredPoint } from './measuredPoint.js';
import { type PhysicalParameter, physicalParameters } from './physicalParameters.js';

/** Where parameters begin that would not move from where the profile has them: a host that hides behind the device. */
export type FitStart = ReadonlyMap<string, number>;

/** What a fit found. */
export interface AcceleratorFit {
  readonly accelerator: Accelerator;
  readonly values: ReadonlyMap<string, number>;
  readonly fit: LeastSquaresFit;
}

/** A point with what was predicted, by a fit that saw it or by one that did not. */
export interface PredictedPoint {
  readonly point: MeasuredPoint;
  readonly predictedMs: number;
}

/** How points are held out: whole cells, numbers of accelerators, or lengths of prompts. */
export const heldOutAxes = ['cell', 'accelerators', 'tokens'] as const;
export type HeldOutAxis = (typeof heldOutAxes)[number];

/** Relative errors beyond 10% count linearly. */
const wildBeyond = 0.1;
/** Pull towards the profile that a fit starts from, per range of a parameter: decides what the data leave open. */
const pull = 0.003;

/** Fits parameters of an accelerator, named as in its profile, to measured points. */
export function fitAccelerator(
  base: Accelerator,
  free: readonly string[],
  points: readonly MeasuredPoint[],
  begin: FitStart = new Map(),
): AcceleratorFit {
  const parameters = free.map(parameterNamed);
  const starts = parameters.map((parameter) =>
    Math.min(
      parameter.max,
      Math.max(parameter.min, begin.get(parameter.name) ?? parameter.read(base)),
    ),
  );
  const usual = parameters.map((parameter) => parameter.read(base));
  const apply = (values: readonly number[]) =>
    parameters.reduce((changed, { write }, i) => write(changed, values[i]!), base);
  const weight = pull * Math.sqrt(points.length);
  const fit = leastSquares(
    parameters.map(({ name, min, max }, i) => ({ name, min, max, start: starts[i]! })),
    (values) => {
      const accelerator = apply(values);
      const pulls = parameters.map(
        ({ min, max }, i) => (weight * (values[i]! - usual[i]!)) / (max - min),
      );
      return Float64Array.from([
        ...points.map(({ predictMs, measuredMs }) => Math.log(predictMs(accelerator) / measuredMs)),
        ...pulls,
      ]);
    },
    { wildBeyond, maxSteps: 30 },
  );
  return {
    accelerator: apply(fit.values),
    values: new Map(parameters.map(({ name }, i) => [name, fit.values[i]!])),
    fit,
  };
}

/** Fits once for each value of an axis, without the points that have it, and predicts those. */
export function heldOut(
  base: Accelerator,
  free: readonly string[],
  points: readonly MeasuredPoint[],
  axis: HeldOutAxis,
  begin: FitStart = new Map(),
): PredictedPoint[] {
  const values = [...new Set(points.map((point) => point[axis]))];
  if (values.length < 2) return [];
  return values.flatMap((value) => {
    const seen = points.filter((point) => point[axis] !== value);
    const unseen = points.filter((point) => point[axis] === value);
    return predicted(fitAccelerator(base, free, seen, begin).accelerator, unseen);
  });
}

export function predicted(
  accelerator: Accelerator,
  points: readonly MeasuredPoint[],
): PredictedPoint[] {
  return points.map((point) => ({ point, predictedMs: point.predictMs(accelerator) }));
}

function parameterNamed(name: string): PhysicalParameter {
  const found = physicalParameters.get(name);
  invariant(found !== undefined, `no parameter is called ${name}`);
  return found;
}
