import { readFileSync } from 'node:fs';
import type { Precision } from '../../sim/hardware/deployment.js';
import { mistakeAt } from '../mistakes/mistakes.js';
import { MistakesFound } from '../mistakes/mistakesFound.js';
import { wholeFile } from '../mistakes/sourceText.js';
import { type CalibrationNote, calibratedProfile } from './calibratedProfile.js';
import { closedLoopPoints } from './closedLoopPoints.js';
import type { TableDefaults } from './closedLoopTable.js';
import {
  type AcceleratorFit,
  fitAccelerator,
  type HeldOutAxis,
  heldOut,
  heldOutAxes,
  type PredictedPoint,
  predicted,
} from './fitAccelerator.js';
import type { MeasuredPoint } from './measuredPoint.js';
import { deploymentOn, fileOf } from './profileParts.js';
import type { Measurements } from './readMeasurements.js';
import { requestPoints } from './requestPoints.js';
import { stepPoints } from './stepPoints.js';

export interface CalibrationRequest {
  /** Name or path of the profile to begin with. */
  readonly hardware: string;
  readonly defaults: TableDefaults;
  readonly files: readonly { readonly name: string; readonly measurements: Measurements }[];
  /** Parameters to fit; undefined: those that the kind of measurement can tell apart. */
  readonly free: readonly string[] | undefined;
  readonly note: Pick<CalibrationNote, 'name' | 'engine' | 'date'>;
}

export interface Calibrated {
  readonly profileText: string;
  readonly fit: AcceleratorFit;
  readonly free: readonly string[];
  readonly before: readonly PredictedPoint[];
  readonly after: readonly PredictedPoint[];
  /** By what was held out, for every axis along which the points differ. */
  readonly unseen: ReadonlyMap<HeldOutAxis, readonly PredictedPoint[]>;
}

/** Fits a profile to measurements and says how far it is off, on them and on what it did not see. */
export function calibrate(request: CalibrationRequest): Calibrated {
  const { defaults, files, note } = request;
  const { accelerator } = defaults;
  // The front end before the engine is no part of a profile, so TTFT is predicted, not fitted.
  const points = files.flatMap(({ name, measurements }) => pointsOf(name, measurements, defaults));
  const fitted = points.filter(({ metric }) => metric === 'tpot' || metric === 'step');
  if (fitted.length === 0) throw nothingToFit(files);
  const free = request.free ?? usualParameters(files, defaults);
  const begin = new Map([
    ['host.perIteration', 3],
    ['host.perRow', 0.05],
  ]);
  const fit = fitAccelerator(accelerator, free, fitted, begin);
  const unseen = new Map<HeldOutAxis, readonly PredictedPoint[]>();
  for (const axis of heldOutAxes) {
    const found = heldOut(accelerator, free, fitted, axis, begin);
    if (found.length > 0) unseen.set(axis, found);
  }
  const after = predicted(fit.accelerator, points);
  const mean = (shown: readonly PredictedPoint[]) =>
    shown.reduce(
      (sum, { point, predictedMs }) => sum + Math.abs(predictedMs / point.measuredMs - 1),
      0,
    ) / shown.length;
  const [outside] = unseen.values();
  const profileText = calibratedProfile(
    readFileSync(fileOf(request.hardware, ''), 'utf8'),
    fit.values,
    {
      ...note,
      about: `${accelerator.name} as measured with ${note.engine}`,
      on: `${fitted.length} measurements of ${files.map(({ name }) => name).join(', ')}`,
      error: mean(after.filter(({ point }) => fitted.includes(point))),
      ...(outside === undefined ? {} : { heldOut: Math.min(1, mean(outside)) }),
      measured: measuredRange(files, defaults),
    },
  );
  return { profileText, fit, free, before: predicted(accelerator, points), after, unseen };
}

function nothingToFit(files: CalibrationRequest['files']): MistakesFound {
  const message = 'nothing to fit: expected a TPOT or the time of a step in at least one row';
  const found = files.map(({ name }) =>
    mistakeAt(wholeFile(name), { code: 'E_REQUIRED', message }),
  );
  return new MistakesFound(found);
}

function pointsOf(
  name: string,
  measurements: Measurements,
  defaults: TableDefaults,
): MeasuredPoint[] {
  switch (measurements.kind) {
    case 'steps':
      return stepPoints(measurements.rows);
    case 'closed loops':
      return closedLoopPoints(measurements.rows);
    case 'requests': {
      const { load, measured } = measurements.record;
      const { engine } = defaults;
      const deployment = servedDeployment(defaults);
      return requestPoints([
        { label: name, cell: name, server: { deployment, engine, load }, measured },
      ]);
    }
  }
}

function servedDeployment({ accelerator, model, tensorParallel, weights, kv }: TableDefaults) {
  return deploymentOn(accelerator, model, {
    tensorParallel,
    kvPrecision: kv,
    ...(weights === undefined ? {} : { weightPrecision: weights }),
  });
}

/** Means of one run tell the host from the rest; closed loops at several loads tell streaming from multiplying as well. */
function usualParameters(
  files: CalibrationRequest['files'],
  defaults: TableDefaults,
): readonly string[] {
  const deployments = files.flatMap(({ measurements }) =>
    measurements.kind === 'requests'
      ? [servedDeployment(defaults)]
      : measurements.rows.map(({ deployment }) => deployment),
  );
  const precisions = [...new Set(deployments.map(({ weightPrecision }) => weightPrecision))];
  const onlyRequests = files.every(({ measurements }) => measurements.kind === 'requests');
  const host = ['host.sync', 'unfused.perLayer', 'unfused.activationTraffic'];
  if (onlyRequests) return host;
  const ofPrecision = (precision: Precision) =>
    ['matmul', 'weights', 'perLayer'].map((key) => `efficiency.${precision}.${key}`);
  const kv = `efficiency.${defaults.kv}.kv`;
  const links = deployments.some(({ tensorParallel }) => tensorParallel > 1) ? ['links.start'] : [];
  const experts = deployments.some(({ model }) => model.experts !== undefined)
    ? ['experts.matmulShare', 'experts.perLayer']
    : [];
  return [
    ...precisions.flatMap(ofPrecision),
    kv,
    'host.perIteration',
    'host.perRow',
    'host.sync',
    'unfused.activationTraffic',
    ...links,
    ...experts,
  ];
}

function measuredRange(files: CalibrationRequest['files'], defaults: TableDefaults) {
  const seen = files.flatMap(({ measurements }) => {
    if (measurements.kind === 'requests') {
      const { promptTokens, outputTokens } = measurements.record.load;
      const contextTokens = promptTokens.reduce(
        (most, tokens, i) => Math.max(most, tokens + outputTokens[i]!),
        0,
      );
      const sequences = Math.min(defaults.engine.maxSequences, promptTokens.length);
      return [{ deployment: servedDeployment(defaults), sequences, contextTokens }];
    }
    if (measurements.kind === 'steps')
      return measurements.rows.map(({ deployment, shape }) => ({
        deployment,
        sequences: Math.max(1, shape.decodeRows),
        contextTokens: Math.max(
          shape.chunkTokens + shape.chunkPriorTokens,
          Math.ceil(shape.decodeContextTokens / Math.max(1, shape.decodeRows)),
        ),
      }));
    return measurements.rows.map(({ deployment, load }) => ({
      deployment,
      sequences: load.concurrency,
      contextTokens: load.promptTokens + load.outputTokens,
    }));
  });
  const groups = seen.map(({ deployment }) => deployment.tensorParallel);
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 1);
  return {
    models: [...new Set(seen.map(({ deployment }) => deployment.model.name))],
    weights: [...new Set(seen.map(({ deployment }) => deployment.weightPrecision))],
    accelerators: [groups.reduce((a, b) => Math.min(a, b)), most(groups)] as const,
    sequences: most(seen.map(({ sequences }) => sequences)),
    contextTokens: most(seen.map(({ contextTokens }) => contextTokens)),
  };
}
