import { join } from 'node:path';
import { simulate } from '../../sim/run/simulate.js';
import { measuredScenario } from '../calibrate/measuredScenario.js';
import { openAccelerator } from '../calibrate/profileParts.js';
import { readTable } from '../calibrate/readTable.js';
import { h100Runs } from './requestRuns.js';

/** A figure of all batches of a run, real and simulated. */
export interface BatchFigure {
  readonly what: string;
  readonly real: number;
  readonly simulated: number;
}

/**
 * The batches of the H100 run at 2 requests/s, as reconstructed from token times, against those of the simulated
 * run of the same requests.
 */
export function engineCheck(dataFolder: string): BatchFigure[] {
  const [run] = h100Runs(dataFolder, openAccelerator('h100-sxm'));
  const { pools, requests } = simulate(measuredScenario(run!.server), {
    seed: 'measured',
    replication: 0,
  });
  const { iterations, itlMs } = pools[0]!;
  const file = join(dataFolder, 'h100_qwen3_14b/reconstructed_steps_2rps.csv.gz');
  const steps = readTable(file).filter((row) => row['run'] === 'sweep_rate_agg_2rps_vanilla');
  const sum = (name: string) => steps.reduce((total, row) => total + Number(row[name]), 0);
  const decodes = requests.outputTokens.reduce((total, tokens) => total + tokens - 1, 0);
  // Steps in which a row decodes, weighted by rows, are the gaps between tokens.
  const gaps = steps.map((row) => [Number(row['dt_ms']), Number(row['n_decode'])] as const);
  const realGap = gaps.reduce((total, [ms, rows]) => total + ms * rows, 0) / sum('n_decode');
  const alone = steps.filter((row) => Number(row['n_prefill']) === 0);
  return [
    { what: 'batches with decodes or prompts', real: steps.length, simulated: iterations },
    {
      what: 'decode rows per batch',
      real: sum('n_decode') / steps.length,
      simulated: decodes / iterations,
    },
    { what: 'time between tokens, mean over rows, ms', real: realGap, simulated: itlMs.mean },
    {
      what: 'batches with a prompt, share',
      real: 1 - alone.length / steps.length,
      simulated: Math.min(requests.count, iterations) / iterations,
    },
  ];
}
