import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { plainText } from '../format/plainText.js';
import { experimentName } from '../results/experimentName.js';
import { summaryText } from '../results/summaryText.js';
import { writeResults } from '../results/writeResults.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import { loadExperiments } from './loadExperiments.js';
import { reportBug } from './reportBug.js';
import { type FinishedExperiment, runExperiment } from './runExperiment.js';
import { shellWords } from './shellWords.js';
import { loadOptionsOf, replayOf, type SimulationOptions, workersOf } from './simulationOptions.js';
import { listenForStop } from './stopSignals.js';
import type { Terminal } from './terminal.js';
import { UserError } from './userError.js';
import { runInfoOf, writeFiles } from './writeFiles.js';

/** Options of `inflow run`, as the command line gives them. */
export interface RunOptions extends SimulationOptions {
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
  const workers = workersOf(options);
  const loaded = loadExperiments(files, loadOptionsOf(options), terminal);
  if (!loaded.ok) return loaded.exitCode;
  const { experiments } = loaded;
  if (options.files) refuseSharedFolders(experiments);

  const stop = listenForStop('stopping: finished replications are kept', terminal);
  const documents: unknown[] = [];
  try {
    for (const experiment of experiments) {
      if (stop.signal.aborted) break;
      const control = { stop: stop.signal, onOutOfMemory: stop.onOutOfMemory, workers };
      const finished = await runExperiment(experiment, terminal, control).catch((problem) =>
        reportBug(problem, terminal, { experiment, replay: replayOf(experiment, options) }),
      );
      if (finished === exitCodes.bug) return exitCodes.bug;
      const name = experimentName(experiment);
      if (!finished) {
        terminal.say(`${name}: stopped before a replication was finished`);
        continue;
      }
      if (finished.runs.length < experiment.replications) {
        terminal.say(
          `${name}: partial, ${finished.runs.length} of ${experiment.replications} replications`,
        );
      }
      documents.push(finished.document);
      if (!options.json) printTable(experiment, finished, terminal, documents.length > 1);
      if (options.files) {
        const { document, runs } = finished;
        writeFiles(() => writeResults(options.out, document, runs, runInfoOf(finished)), terminal);
      }
    }
  } finally {
    stop.release();
  }
  if (options.json) terminal.answer(jsonText(documents));
  else suggestCompare(experiments, terminal);
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

/** Whoever wrote mixes wants to know which is best, which tables one after the other do not say. */
function suggestCompare(
  experiments: readonly LoadedExperiment[],
  terminal: Pick<Terminal, 'say'>,
): void {
  const mixed = new Set(experiments.filter(({ mix }) => mix !== undefined).map(({ file }) => file));
  for (const file of mixed) {
    terminal.say(`side by side: ${shellWords(['inflow', 'compare', file])}`);
  }
}

function refuseSharedFolders(experiments: readonly LoadedExperiment[]): void {
  const fileByName = new Map<string, string>();
  for (const experiment of experiments) {
    const name = experimentName(experiment);
    const other = fileByName.get(name.toLowerCase());
    if (other !== undefined) {
      throw new UserError(
        `${plainText(other)} and ${plainText(experiment.file)} are both named "${name}": one would overwrite the other`,
        {
          hint: 'Rename one, run them one by one, or add --no-files',
        },
      );
    }
    fileByName.set(name.toLowerCase(), experiment.file);
  }
}
