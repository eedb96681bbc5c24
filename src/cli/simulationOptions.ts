import { availableParallelism } from 'node:os';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import type { LoadOptions } from '../config/loadOptions.js';
import { plainText } from '../format/plainText.js';
import { shellWords } from './shellWords.js';
import { UserError } from './userError.js';

/** Options of every command that simulates, as the command line gives them. */
export interface SimulationOptions {
  readonly set: readonly string[];
  readonly seed?: string;
  readonly replications?: string;
  readonly quick?: true;
  readonly workers?: string;
}

/** How to load experiments. `--seed` and `--replications` are short for overrides of the keys of the same name. */
export function loadOptionsOf(options: SimulationOptions): LoadOptions {
  const { set, seed, replications, quick } = options;
  const overrides = [
    ...set,
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(replications === undefined ? [] : [`replications=${replications}`]),
  ];
  return { overrides, quick: quick === true };
}

/** Threads that `--workers` asks for; undefined: as many as there are processors. */
export function workersOf({ workers }: SimulationOptions): number | undefined {
  if (workers === undefined) return undefined;
  const count = Number(workers);
  // Each takes tens of MB before it has simulated anything.
  const most = Math.max(64, availableParallelism());
  if (/^\d{1,4}$/.test(workers) && count >= 1 && count <= most) return count;
  throw new UserError(
    `--workers must be a whole number from 1 to ${most}, found "${plainText(workers)}"`,
    { hint: 'Without it: one for each processor. It changes no result' },
  );
}

/** The command that simulates the same again. Without files: the experiment alone, with its own seed. */
export function replayOf(
  experiment: Pick<LoadedExperiment, 'file' | 'seed'>,
  { set, quick, replications }: SimulationOptions,
  command: readonly string[] = ['run', experiment.file],
): string {
  const words = ['inflow', ...command, '--seed', experiment.seed];
  for (const override of set) words.push('--set', override);
  if (replications !== undefined) words.push('--replications', replications);
  if (quick) words.push('--quick');
  return shellWords(words);
}
