import type { Accelerator } from '../../sim/hardware/accelerator.js';
import { planMemory } from '../../sim/hardware/memoryPlan.js';
import { type ClosedLoopRow, closedLoopPoints } from '../calibrate/closedLoopPoints.js';
import { type PredictedPoint, predicted } from '../calibrate/fitAccelerator.js';
import { delayedTtftMs } from '../calibrate/frontEndDelay.js';
import { pointErrors } from '../calibrate/pointErrors.js';
import { openAccelerator } from '../calibrate/profileParts.js';
import { requestPoints } from '../calibrate/requestPoints.js';
import { simulateLoad } from '../calibrate/simulateLoad.js';
import { stepPoints } from '../calibrate/stepPoints.js';
import { composedKinds, composedSteps, composedSystems } from './composedSteps.js';
import { h100Steps } from './h100Steps.js';
import { h100Runs, rtxRun } from './requestRuns.js';
import { closedLoopRow, profileOf, unusable } from './siliconPoints.js';
import { siliconRows } from './siliconRows.js';

/** Predictions of one kind on one chip, with the error that is asked for. */
export interface ValidationSet {
  /** Part of the page that it belongs to. */
  readonly section: Section;
  readonly profile: string;
  readonly what: string;
  /**
   * `fitted`: the profile was fitted to these figures. `same run`: to others of the same run, so they are no independent
   * evidence. `held out`: to neither.
   */
  readonly role: 'fitted' | 'same run' | 'held out';
  readonly points: readonly PredictedPoint[];
  /** Largest error asked for, and of what; undefined: only reported. */
  readonly target?: { readonly share: number; readonly of: 'mean' | 'median' };
}

export const sections = ['steps', 'runs', 'tpot', 'ttft', 'simulated', 'cases'] as const;
export type Section = (typeof sections)[number];

const accelerators = new Map<string, Accelerator>();
const opened = (name: string): Accelerator => {
  const accelerator = accelerators.get(name) ?? openAccelerator(name);
  accelerators.set(name, accelerator);
  return accelerator;
};

/** Everything that is measured and can be predicted. */
export function validationSets(dataFolder: string): ValidationSet[] {
  return [...stepSets(dataFolder), ...runSets(dataFolder), ...siliconSets(dataFolder)];
}

function stepSets(dataFolder: string): ValidationSet[] {
  const composed = Object.entries(composedSystems).flatMap(([system, profile]) =>
    composedKinds.flatMap((kind): ValidationSet[] => {
      const accelerator = opened(profile);
      const points = stepPoints(composedSteps(dataFolder, system, kind, accelerator));
      if (points.length === 0) return [];
      const isBlackwell = ['b200-sxm', 'gb200-nvl72', 'rtx-pro-6000'].includes(profile);
      const wanted = { bf16: isBlackwell ? 0.04 : 0.03, fp8: 0.09, 'gpt-oss-120b': 0.08 }[kind];
      return [
        {
          section: 'steps',
          profile,
          what: kind === 'gpt-oss-120b' ? 'gpt-oss-120b, MXFP4' : `dense models, ${kind}`,
          role: 'fitted',
          points: predicted(accelerator, points),
          // Nothing is asked of the L40S.
          ...(profile === 'l40s' ? {} : { target: { share: wanted, of: 'mean' } }),
        },
      ];
    }),
  );
  const accelerator = opened('h100-sxm');
  const real: ValidationSet = {
    section: 'steps',
    profile: 'h100-sxm',
    what: 'Qwen3-14B, real steps of vLLM 0.23',
    role: 'fitted',
    points: predicted(
      accelerator,
      stepPoints(h100Steps(dataFolder, accelerator, { withAllPrompts: false })),
    ),
    target: { share: 0.02, of: 'mean' },
  };
  return [...composed, real];
}

/** What the issue asks of whole runs, by the first words of a point. */
const runTargets: readonly (readonly [RegExp, number])[] = [
  [/requests\/s: tpot mean/, 0.02],
  [/requests\/s: e2e mean/, 0.03],
  [/requests\/s: e2e p99/, 0.05],
  [/requests\/s: ttft p50/, 0.1],
  [/300 requests: (tpot|e2e) mean/, 0.02],
  [/300 requests: ttft mean/, 0.04],
  [/300 requests:/, 0.09],
];

function runSets(dataFolder: string): ValidationSet[] {
  const h100 = opened('h100-sxm');
  const rtx = opened('rtx-pro-6000');
  const one = (
    profile: string,
    accelerator: Accelerator,
    logs: Parameters<typeof requestPoints>[0],
  ) =>
    predicted(accelerator, requestPoints(logs)).map((found): ValidationSet => {
      const { label, metric } = found.point;
      const share = runTargets.find(([named]) => named.test(label))?.[1];
      // Steps of the run at 2 requests/s gave norms and host, its TTFT the front end; one RTX run gave its TPOT.
      const isFitted = metric === 'tpot' || (profile === 'h100-sxm' && metric === 'ttft');
      const isOtherRun = label.startsWith('4 requests/s');
      // Which of its prompts share a batch was in sight when the front end was set.
      const isSeen = isOtherRun && metric === 'ttft';
      const role = isOtherRun && !isSeen ? 'held out' : isFitted && !isSeen ? 'fitted' : 'same run';
      return {
        section: 'runs',
        profile,
        what: label,
        role,
        points: [found],
        ...(share === undefined ? {} : { target: { share, of: 'mean' } }),
      };
    });
  return [
    ...one('h100-sxm', h100, h100Runs(dataFolder, h100)),
    ...one('rtx-pro-6000', rtx, [rtxRun(dataFolder, rtx)]),
  ];
}

const dense = ['llama-3.1-8b', 'llama-3.1-70b', 'qwen3-32b'];
/** One closed loop in so many goes through the simulator as well. */
const simulatedEvery = 12;

function siliconSets(dataFolder: string): ValidationSet[] {
  const rows = siliconRows(dataFolder).filter((row) => unusable(row) === undefined);
  const shipped = rows.filter((row) => row.system !== 'b300_sxm');
  const cells = [...new Set(shipped.map((row) => `${profileOf(row)}|${row.model}|${row.weights}`))];
  return cells.sort().flatMap((cell): ValidationSet[] => {
    const [profile, model, weights] = cell.split('|') as [string, string, string];
    const accelerator = opened(profile);
    const own = shipped
      .filter((row) => `${profileOf(row)}|${row.model}|${row.weights}` === cell)
      .map((row) => closedLoopRow(row, accelerator));
    const points = [
      ...predicted(accelerator, closedLoopPoints(own.filter((row) => !isFull(row)))),
      ...own.filter(isFull).flatMap(simulated),
    ];
    const isDense = dense.includes(model);
    const what = `${model}, ${weights}`;
    const fitted = profile !== 'h100-sxm' && !(profile === 'h200-sxm' && isDense);
    const of = (metric: 'tpot' | 'ttft') => points.filter(({ point }) => point.metric === metric);
    const sets: ValidationSet[] = [
      {
        section: 'tpot',
        profile,
        what,
        role: fitted ? 'fitted' : 'held out',
        points: of('tpot'),
        target: isDense ? { share: 0.06, of: 'mean' } : { share: 0.15, of: 'median' },
      },
      {
        section: 'ttft',
        profile,
        what,
        role: isDense && own.some(({ frontEnd }) => frontEnd !== undefined) ? 'fitted' : 'held out',
        points: of('ttft'),
        ...(isDense ? { target: { share: 0.2, of: 'median' } } : {}),
      },
    ];
    const some = own.filter((row, index) => index % simulatedEvery === 0 && !isFull(row));
    const again = some
      .filter(({ load }) => load.concurrency * load.outputTokens <= 300_000)
      .flatMap(simulated)
      .filter(({ point }) => point.metric === 'tpot');
    if (again.length > 0)
      sets.push({ section: 'simulated', profile, what, role: 'fitted', points: again });
    return sets;
  });
}

/** Whether more contexts are asked for than the memory holds. Then preemption matters, which only the simulator knows. */
function isFull({ deployment, engine, load }: ClosedLoopRow): boolean {
  const plan = planMemory(deployment, engine.blockTokens);
  const wantedTokens = load.concurrency * (load.promptTokens + load.outputTokens);
  return wantedTokens > plan.kvBlocks * plan.blockTokens;
}

/** A closed loop through the whole simulator. */
function simulated({ deployment, engine, load, ...row }: ClosedLoopRow): PredictedPoint[] {
  if (planMemory(deployment, engine.blockTokens).kvBlocks === 0) return [];
  const times = simulateLoad({ deployment, engine, load });
  const mean = (values: Float64Array) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const tpotMs = mean(times.tpotMs);
  const ttftMs = mean(times.ttftMs);
  const { frontEnd = { delayMs: 0, iterations: 0 } } = row;
  return (['tpot', 'ttft'] as const).map((metric): PredictedPoint => {
    const predictedMs = metric === 'tpot' ? tpotMs : delayedTtftMs(frontEnd, ttftMs, tpotMs);
    const point = {
      label: row.label,
      metric,
      measuredMs: row[`${metric}Ms`],
      cell: row.cell,
      accelerators: deployment.tensorParallel,
      tokens: load.promptTokens,
      predictMs: () => predictedMs,
    };
    return { point, predictedMs };
  });
}

/** The error of a set that its target is about. */
export function errorOf({ points, target }: ValidationSet): number {
  return pointErrors(points)[target?.of ?? 'mean'];
}
