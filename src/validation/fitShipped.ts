// Fits the shipped profiles to the measurements: `INFLOW_DATA=<folder> npx tsx src/validation/fitShipped.ts [name …]`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import {
  type CalibrationNote,
  calibratedProfile,
  type FitSource,
} from '../calibrate/calibratedProfile.js';
import { closedLoopPoints } from '../calibrate/closedLoopPoints.js';
import {
  type FitStart,
  fitAccelerator,
  heldOut,
  type PredictedPoint,
  predicted,
} from '../calibrate/fitAccelerator.js';
import type { MeasuredPoint } from '../calibrate/measuredPoint.js';
import { pointErrors } from '../calibrate/pointErrors.js';
import { fileOf, openAccelerator, shippedHardware } from '../calibrate/profileParts.js';
import { requestPoints } from '../calibrate/requestPoints.js';
import { stepPoints } from '../calibrate/stepPoints.js';
import { composedSteps, composedSystems } from './composedSteps.js';
import { dataFolder } from './dataFolder.js';
import { fitSources } from './fitSources.js';
import { h100Steps } from './h100Steps.js';
import { heldOutErrors, heldOutFile } from './heldOutErrors.js';
import { rtxRun } from './requestRuns.js';
import { closedLoopRow, profileOf, unusable } from './siliconPoints.js';
import { type SiliconRow, siliconRows } from './siliconRows.js';

const folder = dataFolder();
const wanted = process.argv.slice(2);
const silicon = siliconRows(folder).filter((row) => unusable(row) === undefined);

interface Stage {
  readonly free: readonly string[];
  readonly points: (accelerator: Accelerator) => MeasuredPoint[];
  readonly begin?: FitStart;
  readonly source: FitSource;
}

/** A host slow enough to be seen: from there the fit finds whether it is. */
const slowHost: FitStart = new Map([
  ['host.perIteration', 3],
  ['host.perRow', 0.1],
]);

/** One profile: stages one after the other, each with the numbers of those before it. */
function fitProfile(
  name: string,
  base: string,
  stages: readonly Stage[],
  note: Omit<CalibrationNote, 'name' | 'error' | 'heldOut' | 'sources'>,
): void {
  let accelerator = openAccelerator(base);
  const values = new Map<string, number>();
  const sources = new Map<string, FitSource>();
  const errors: number[] = [];
  const unseen: number[] = [];
  for (const { free, points, begin, source } of stages) {
    const measured = points(accelerator);
    if (measured.length === 0) continue;
    const found = fitAccelerator(accelerator, free, measured, begin);
    const inside = pointErrors(predicted(found.accelerator, measured));
    const axis = name.split('-').length > 2 && begin !== undefined ? 'accelerators' : 'cell';
    const cells = heldOut(accelerator, free, measured, axis, begin);
    const outside =
      cells.length > 0 ? cells : heldOut(accelerator, free, measured, 'accelerators', begin);
    const held = pointErrors(outside);
    keepHeldOut(name, axis, outside);
    errors.push(inside.mean);
    unseen.push(held.mean);
    accelerator = found.accelerator;
    for (const [key, value] of found.values) {
      values.set(key, value);
      sources.set(key, source);
    }
    const text = [...found.values].map(([key, value]) => `${key} ${value.toPrecision(3)}`);
    console.log(
      `${name}: ${inside.count} points, ${percent(inside.mean)}, held out ${percent(held.mean)}; ${text.join(', ')}; at a bound: ${found.fit.atBound.join(', ')}`,
    );
  }
  writeHeldOut();
  // The first stage, dense models, stands for models that were not measured; `writeValidation.ts` adds the errors of those that were.
  const full: CalibrationNote = { ...note, name, sources, error: errors[0]!, heldOut: unseen[0]! };
  const text = readFileSync(fileOf(base, ''), 'utf8');
  writeFileSync(fileOf(name, ''), calibratedProfile(text, values, full));
}

/** Errors of fits that did not see the points, by profile and cell: what the validation page shows. */
const heldOutCells = new Map(Object.entries(heldOutErrors()));

function keepHeldOut(profile: string, axis: string, points: readonly PredictedPoint[]): void {
  for (const cell of new Set(points.map(({ point }) => point.cell))) {
    const own = points.filter(({ point }) => point.cell === cell);
    const { count, mean, median } = pointErrors(own);
    const round = (share: number) => Number(share.toFixed(4));
    heldOutCells.set(`${profile} | ${own[0]!.point.metric} | ${cell}`, {
      axis,
      count,
      mean: round(mean),
      median: round(median),
    });
  }
}

function writeHeldOut(): void {
  mkdirSync(dirname(heldOutFile), { recursive: true });
  const sorted = [...heldOutCells].sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(heldOutFile, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

const dense = ['llama-3.1-8b', 'llama-3.1-70b', 'qwen3-14b', 'qwen3-32b'];
const host = ['host.perIteration', 'host.perRow', 'host.sync', 'unfused.activationTraffic'];
const experts = ['experts.matmulShare', 'experts.perLayer', 'experts.paddingTokens'];

/**
 * How FP8 kernels treat a single row: those of data-centre Blackwell take a path that costs the same time in every layer,
 * whatever its size; elsewhere a share of the streaming fits as well, and is 1 within 4%.
 */
const singleRowOf = (name: string) =>
  ['b200-sxm', 'gb200-nvl72'].includes(name) ? 'oneTokenPerLayer' : 'oneToken';

for (const [system, name] of Object.entries(composedSystems)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const composed = (kind: 'bf16' | 'fp8' | 'gpt-oss-120b') => (accelerator: Accelerator) =>
    stepPoints(composedSteps(folder, system, kind, accelerator));
  const ofPrecision = (precision: string, keys: readonly string[]) =>
    keys.map((key) => `efficiency.${precision}.${key}`);
  const stages: Stage[] = [
    {
      free: [
        ...ofPrecision('bf16', ['matmul', 'weights', 'kv', 'attention', 'perLayer', 'oneToken']),
        'perSequence',
      ],
      points: composed('bf16'),
      source: fitSources.bf16(name),
    },
    {
      free: ofPrecision('fp8', ['matmul', 'weights', 'perLayer', singleRowOf(name)]),
      points: composed('fp8'),
      source: fitSources.fp8(name),
    },
    {
      free: ['efficiency.fp4.weights', ...experts],
      points: composed('gpt-oss-120b'),
      source: fitSources.fp4(name),
    },
  ];
  if (name === 'h100-sxm') {
    stages.push({
      free: ['unfused.perLayer', 'unfused.activationTraffic', 'host.perRow', 'host.sync'],
      points: (accelerator) => stepPoints(h100Steps(folder, accelerator, { withAllPrompts: true })),
      source: fitSources.realSteps,
    });
  }
  if (name === 'rtx-pro-6000') {
    // Only TPOT: the other latencies of the run remain to be predicted.
    stages.push({
      free: ['host.sync', 'unfused.activationTraffic', 'unfused.perLayer'],
      points: (accelerator) =>
        requestPoints([rtxRun(folder, accelerator)]).filter(({ metric }) => metric === 'tpot'),
      source: fitSources.realRun,
    });
  }
  const served = silicon.filter((row) => profileOf(row) === name && !dense.includes(row.model));
  if (name === 'h200-sxm' || name === 'b200-sxm') {
    stages.push({
      free: ['efficiency.int4.weights', 'host.perIteration', 'host.perRow'],
      begin: slowHost,
      source: fitSources.closedLoops(modelsOf(served), 'vLLM'),
      points: (accelerator) =>
        closedLoopPoints(served.map((row) => closedLoopRow(row, accelerator))).filter(
          ({ metric }) => metric === 'tpot',
        ),
    });
  }
  fitProfile(name, name, stages, {
    about: openedAbout(name),
    ...fitSources.bf16(name),
    on: summaryOf(name),
    measured: {
      models: [...dense, ...(name === 'a100-80gb-sxm' ? [] : ['gpt-oss-120b'])],
      weights: name === 'a100-80gb-sxm' ? ['bf16'] : ['bf16', 'fp8', 'fp4'],
      accelerators: [1, name === 'gb200-nvl72' ? 4 : 8],
      sequences: 512,
      contextTokens: 65_536,
    },
  });
}

const engineNames: Readonly<Record<string, string>> = {
  trtllm: 'TensorRT-LLM',
  sglang: 'SGLang',
};

for (const name of [...new Set(silicon.map(profileOf))].sort()) {
  const rows = silicon.filter((row) => profileOf(row) === name);
  const { engine, system } = rows[0]!;
  const isDense = (row: SiliconRow) => dense.includes(row.model);
  if (engine === 'vllm' || !rows.some(isDense)) continue;
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const base = profileOf({ system, engine: 'vllm' });
  const tpot = (kept: (row: SiliconRow) => boolean) => (accelerator: Accelerator) =>
    closedLoopPoints(rows.filter(kept).map((row) => closedLoopRow(row, accelerator))).filter(
      ({ metric }) => metric === 'tpot',
    );
  const precisions = [...new Set(rows.filter(isDense).map(({ weights }) => weights))];
  const kv = engine === 'trtllm' && !precisions.includes('bf16') ? 'fp8' : 'bf16';
  const closedLoops = fitSources.closedLoops(modelsOf(rows), engineNames[engine]!);
  fitProfile(
    name,
    base,
    [
      {
        free: [
          ...precisions.flatMap((precision) =>
            ['matmul', 'weights', 'perLayer'].map((key) => `efficiency.${precision}.${key}`),
          ),
          `efficiency.${kv}.kv`,
          ...host,
          'links.start',
          ...(rows.every(isDense) ? [] : experts),
        ],
        // Together: the host must be fast enough for the fastest of them.
        points: tpot(() => true),
        begin: slowHost,
        source: closedLoops,
      },
    ],
    {
      about: `${openedAbout(base)}, served by ${engineNames[engine]}`,
      ...closedLoops,
      measured: {
        models: modelsOf(rows),
        weights: [...new Set(rows.map(({ weights }) => weights))],
        accelerators: [
          Math.min(...rows.map(({ accelerators }) => accelerators)),
          Math.max(...rows.map(({ accelerators }) => accelerators)),
        ],
        sequences: Math.max(...rows.map(({ load }) => load.concurrency)),
        contextTokens: Math.max(...rows.map(({ load }) => load.promptTokens + load.outputTokens)),
      },
    },
  );
}

function modelsOf(rows: readonly SiliconRow[]): string[] {
  return [...new Set(rows.map(({ model }) => model))];
}

/** What a profile says it rests on as a whole: its sections say which of it. */
function summaryOf(name: string): string {
  const { on } = fitSources.bf16(name);
  const all =
    name === 'a100-80gb-sxm'
      ? on
      : on.replace('in bf16', 'in bf16 and fp8 and of gpt-oss-120b in MXFP4');
  return `${all}; norms, host and sampling from other runs or assumed`;
}

function openedAbout(name: string): string {
  if (!shippedHardware().includes(name)) throw new Error(`no profile ${name}`);
  return /^about: (.*)$/m.exec(readFileSync(fileOf(name, ''), 'utf8'))![1]!;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
