import { join } from 'node:path';
import type { RequestTable } from '../../sim/facts/requestTable.js';
import { simulate } from '../../sim/run/simulate.js';
import { quantileSorted } from '../../sim/statistics/quantileSorted.js';
import { costOn } from '../calibrate/measuredPoint.js';
import { measuredScenario } from '../calibrate/measuredScenario.js';
import { openAccelerator } from '../calibrate/profileParts.js';
import { readTable } from '../calibrate/readTable.js';
import type { RequestLog } from '../calibrate/requestPoints.js';
import { type BatchAgreement, batchAgreement } from './batchAgreement.js';
import { type PromptSharing, promptSharing } from './promptSharing.js';
import { reconstructedBatches } from './reconstructedBatches.js';
import { recordedRun } from './recordedRun.js';
import { h100Runs } from './requestRuns.js';
import type { RunBatch } from './runBatch.js';
import { simulatedBatches } from './simulatedBatches.js';

/** The batches of the real run at 2 requests/s against those of the simulated one. */
export interface EngineCheck {
  readonly figures: readonly BatchFigure[];
  /** Real against simulated; and two simulations with different draws of the front end, which no model of it could beat. */
  readonly agreement: BatchAgreement;
  readonly twice: BatchAgreement;
  /** Steps of the real run, and how many have other rows than the rules of the engine give for its prompts. */
  readonly steps: number;
  readonly unlike: number;
  /** Also of the run at 4 requests/s, whose batches are not known. */
  readonly sharing: readonly PromptSharing[];
}

/** A figure of all batches of a run, real and simulated. */
export interface BatchFigure {
  readonly what: string;
  readonly real: number;
  readonly simulated: number;
}

export function engineCheck(dataFolder: string): EngineCheck {
  const runs = h100Runs(dataFolder, openAccelerator('h100-sxm'));
  const run = runs[0]!;
  const file = join(dataFolder, 'h100_qwen3_14b/reconstructed_steps_2rps.csv.gz');
  const steps = readTable(file)
    .filter((row) => row['run'] === 'sweep_rate_agg_2rps_vanilla')
    .map((row) => ({
      decodeRows: Number(row['n_decode']),
      prompts: Number(row['n_prefill']),
      durationMs: Number(row['dt_ms']),
    }));
  const real = reconstructedBatches(steps, recordedRun(run));
  const simulated = simulatedRun(run, 0);
  return {
    figures: [
      ...figures(real.batches, simulated.batches),
      ...firstTokenFigures(run, real.batches, simulated),
    ],
    agreement: batchAgreement(real.batches, simulated.batches),
    twice: batchAgreement(simulatedRun(run, 1).batches, simulated.batches),
    steps: steps.length,
    unlike: real.unlike,
    sharing: runs.flatMap((each) =>
      promptSharing(each, simulatedRun(each, 0).requests.firstTokenMs),
    ),
  };
}

function simulatedRun(
  { server }: RequestLog,
  replication: number,
): { readonly requests: RequestTable; readonly batches: readonly RunBatch[] } {
  const { requests, pools } = simulate(measuredScenario(server), { seed: 'measured', replication });
  const cost = costOn(server.deployment.accelerator, server.deployment);
  const batches = simulatedBatches(requests, cost);
  const { iterations } = pools[0]!;
  if (batches.length !== iterations)
    throw new Error(`${batches.length} batches were found of the ${iterations} that ran`);
  return { requests, batches };
}

/** Median TTFT of requests whose prompts found the engine idle, and of the others. */
function firstTokenFigures(
  run: RequestLog,
  real: readonly RunBatch[],
  simulated: ReturnType<typeof simulatedRun>,
): BatchFigure[] {
  const { firstTokenMs, sentMs } = simulated.requests;
  const median = (
    batches: readonly RunBatch[],
    isIdle: boolean,
    ttftMs: (request: number) => number,
  ) => {
    const found = batches.filter(({ rows }) => (rows.length === 0) === isIdle);
    const requests = found.flatMap(({ prompts }) => prompts);
    return quantileSorted(Float64Array.from(requests, ttftMs).sort(), 0.5);
  };
  return [true, false].map((isIdle): BatchFigure => {
    return {
      what: `TTFT, median, of prompts that find the engine ${isIdle ? 'idle' : 'busy'}, ms`,
      real: median(real, isIdle, (request) => run.measured.ttftMs[request]!),
      simulated: median(
        simulated.batches,
        isIdle,
        (request) => firstTokenMs[request]! - sentMs[request]!,
      ),
    };
  });
}

function figures(real: readonly RunBatch[], simulated: readonly RunBatch[]): BatchFigure[] {
  const figure = (what: string, of: (run: readonly RunBatch[]) => number): BatchFigure => ({
    what,
    real: of(real),
    simulated: of(simulated),
  });
  const decodes = (run: readonly RunBatch[]) => run.reduce((sum, { rows }) => sum + rows.length, 0);
  const having = (holds: (batch: RunBatch) => boolean) => (run: readonly RunBatch[]) =>
    run.filter(holds).length;
  return [
    figure('batches', (run) => run.length),
    figure('decode rows per batch', (run) => decodes(run) / run.length),
    figure('time between tokens, mean over rows, ms', (run) => {
      const decoding = run.filter(({ rows }) => rows.length > 0);
      const total = decoding.reduce(
        (sum, { rows, durationMs }) => sum + rows.length * durationMs,
        0,
      );
      return total / decodes(run);
    }),
    figure(
      'batches with a prompt',
      having(({ prompts }) => prompts.length > 0),
    ),
    figure(
      '… with two prompts or more',
      having(({ prompts }) => prompts.length > 1),
    ),
    figure(
      '… with a prompt and no decodes (idle engine)',
      having(({ prompts, rows }) => prompts.length > 0 && rows.length === 0),
    ),
  ];
}
