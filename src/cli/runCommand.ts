import { relative } from 'node:path';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { summaryText } from '../results/summaryText.js';
import { writeResults } from '../results/writeResults.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import { inflowVersion } from './inflowVersion.js';
import { loadExperiments } from './loadExperiments.js';
import { reportBug } from './reportBug.js';
import { type FinishedExperiment, runExperiment } from './runExperiment.js';
import { shellWords } from './shellWords.js';
import { listenForStop } from './stopSignals.js';
import type { Terminal } from './terminal.js';
import { UserError } from './userError.js';

/** Options of `inflow run`, as the command line gives them. */
export interface RunOptions {
  readonly set: readonly string[];
  readonly seed?: string;
  readonly replications?: string;
  readonly quick?: true;
  readonly json?: true;
  readonly out: string;
  /** False: nothing is written. */
  readonly files: boolean;
}

/** `inflow run`: simulates experiments one after the other, prints each and writes its results. */
export async function runCommand(
  files: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const overrides = overridesOf(options);
  const loaded = loadExperiments(files, { overrides, quick: options.quick === true }, terminal);
  if (!loaded.ok) return loaded.exitCode;
  if (options.files) refuseSharedFolders(loaded.experiments);

  const stop = listenForStop(() => terminal.say('stopping: finished replications are kept'));
  const documents: unknown[] = [];
  try {
    for (const experiment of loaded.experiments) {
      if (stop.signal.aborted) break;
      const finished = await runExperiment(experiment, terminal, stop.signal).catch((problem) =>
        reportBug(problem, terminal, { experiment, replay: replayOf(experiment, options) }),
      );
      if (finished === exitCodes.bug) return exitCodes.bug;
      if (!finished) {
        terminal.say(`${experiment.name}: stopped before a replication was finished`);
        continue;
      }
      if (finished.runs.length < experiment.replications) {
        terminal.say(
          `${experiment.name}: partial, ${finished.runs.length} of ${experiment.replications} replications`,
        );
      }
      documents.push(finished.document);
      if (!options.json) printTable(experiment, finished, terminal, documents.length > 1);
      if (options.files) writeFiles(finished, options.out, terminal);
    }
  } finally {
    stop.release();
  }
  if (options.json) terminal.answer(jsonText(documents));
  return stop.exitCode ?? exitCodes.done;
}

/** One document, however many experiments there were. */
function jsonText(documents: readonly unknown[]): string {
  const one = documents.length === 1;
  const all = one ? documents[0] : { schema: 'inflow-summaries/1', experiments: documents };
  return JSON.stringify(all, null, 2);
}

function printTable(
  experiment: LoadedExperiment,
  { summary, verdicts }: FinishedExperiment,
  terminal: Terminal,
  isAfterAnother: boolean,
): void {
  const lines = summaryText(experiment, summary, verdicts, terminal.paint);
  terminal.answer([...(isAfterAnother ? ['', ''] : []), ...lines].join('\n'));
}

function writeFiles(
  { document, runs, startedAt, wallMs, summary }: FinishedExperiment,
  outFolder: string,
  terminal: Terminal,
): void {
  try {
    const folder = writeResults(outFolder, document, runs, {
      startedAt,
      wallMs,
      version: inflowVersion(),
      commandLine: process.argv.slice(2),
      events: summary.events,
      simulatedMs: runs.reduce((total, { endMs }) => total + endMs, 0),
    });
    terminal.say(`results: ${relative(process.cwd(), folder) || folder}/`);
  } catch (problem) {
    const { code, message } = problem as NodeJS.ErrnoException;
    if (code === undefined) throw problem;
    throw new UserError(`the results could not be written: ${message}`, {
      hint: 'Write them elsewhere with --out <folder>, or not at all with --no-files',
      exitCode: exitCodes.fileAbsent,
    });
  }
}

/** `--seed` and `--replications` are short for overrides of the keys of the same name. */
function overridesOf({ set, seed, replications }: RunOptions): string[] {
  return [
    ...set,
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(replications === undefined ? [] : [`replications=${replications}`]),
  ];
}

function refuseSharedFolders(experiments: readonly LoadedExperiment[]): void {
  const fileByName = new Map<string, string>();
  for (const { name, file } of experiments) {
    const other = fileByName.get(name.toLowerCase());
    if (other !== undefined) {
      throw new UserError(
        `${other} and ${file} are both named "${name}": one would overwrite the other`,
        {
          hint: 'Rename one, run them one by one, or add --no-files',
        },
      );
    }
    fileByName.set(name.toLowerCase(), file);
  }
}

/** The command that does the same again, alone. */
function replayOf(experiment: LoadedExperiment, { set, quick, replications }: RunOptions): string {
  const words = ['inflow', 'run', experiment.file, '--seed', experiment.seed];
  for (const override of set) words.push('--set', override);
  if (replications !== undefined) words.push('--replications', replications);
  if (quick) words.push('--quick');
  return shellWords(words);
}
