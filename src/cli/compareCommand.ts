import { join } from 'node:path';
import type { RunResult } from '../../sim/run/runResult.js';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { compareDocument } from '../results/compareDocument.js';
import { compareMixes } from '../results/compareMixes.js';
import { compareText } from '../results/compareText.js';
import { experimentName } from '../results/experimentName.js';
import { resultDocument } from '../results/resultDocument.js';
import { summariseMixes } from '../results/summariseMixes.js';
import { writeComparison } from '../results/writeComparison.js';
import { writeResults } from '../results/writeResults.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import { priceAssumption } from './marketPrices.js';
import { type OpenedComparison, openComparison } from './openComparison.js';
import { reportBug } from './reportBug.js';
import { simulateMixes } from './simulateMixes.js';
import { SimulationFailed } from './simulationFailed.js';
import { replayOf, type SimulationOptions, workersOf } from './simulationOptions.js';
import { listenForStop, type StopSignals } from './stopSignals.js';
import type { Terminal } from './terminal.js';
import { varyCommand } from './varyCommand.js';
import { runInfoOf, writeFiles } from './writeFiles.js';

/** Options of `inflow compare`, as the command line gives them. */
export interface CompareOptions extends SimulationOptions {
  readonly baseline?: string;
  /** `path=value,value,…`: compares with each of the values. */
  readonly vary?: string;
  readonly json?: true;
  readonly out: string;
  /** False: nothing is written. */
  readonly files: boolean;
}

/** `inflow compare`: the same sessions on several fleets, and what the differences between these are worth. */
export async function compareCommand(
  files: readonly string[],
  options: CompareOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.vary !== undefined) return varyCommand(files, options.vary, options, terminal);
  const workers = workersOf(options);
  const stop = listenForStop('stopping: finished replications are kept', terminal);
  try {
    const opened = openComparison(files, options, terminal);
    if (!opened.ok) return opened.exitCode;
    const startedAt = new Date();
    const startMs = performance.now();
    const experiments = opened.mixes.map(({ experiment }) => experiment);
    const control = { stop: stop.signal, onOutOfMemory: stop.onOutOfMemory, workers };
    const runs = await simulateMixes(opened.name, experiments, terminal, control).catch((problem) =>
      reportFailure(problem, opened, terminal, (experiment) =>
        replayOf(experiment, options, ['compare', ...files]),
      ),
    );
    if (runs === exitCodes.bug) return runs;
    const time = { startedAt, wallMs: performance.now() - startMs };
    return showComparison(opened, runs, time, options, terminal, stop);
  } finally {
    stop.release();
  }
}

/** Names the mix in which a simulation failed. */
function reportFailure(
  problem: unknown,
  { mixes }: OpenedComparison,
  terminal: Terminal,
  replay: (experiment: LoadedExperiment) => string,
): typeof exitCodes.bug {
  if (!(problem instanceof SimulationFailed)) throw problem;
  const { experiment } = mixes[problem.world]!;
  const name = experimentName(experiment);
  return reportBug(problem, terminal, {
    experiment: { ...experiment, name },
    replay: replay(experiment),
  });
}

function showComparison(
  opened: OpenedComparison,
  runs: readonly RunResult[][],
  time: { readonly startedAt: Date; readonly wallMs: number },
  options: CompareOptions,
  terminal: Terminal,
  stop: StopSignals,
): ExitCode {
  const exitCode = stop.exitCode ?? exitCodes.done;
  const finished = runs[0]!.length;
  const asked = opened.mixes[0]!.experiment.replications;
  if (finished < asked) terminal.say(`partial: ${finished} of ${asked} replications of every mix`);
  if (finished === 0) return exitCode;
  const simulated = opened.mixes.map((mix, index) => ({ ...mix, runs: runs[index]! }));
  const mixes = summariseMixes(simulated);
  const { baseline, tolerance, name } = opened;
  const settings = { baseline, tolerance, assumptionOf: priceAssumption };
  const comparison = compareMixes(name, mixes, settings);
  const document = compareDocument(comparison);
  if (options.json) terminal.answer(JSON.stringify(document, null, 2));
  else terminal.answer(compareText(comparison, terminal.paint).join('\n'));
  if (!options.files) return exitCode;
  writeFiles(() => {
    const folder = opened.hasFolderPerFile ? join(options.out, name) : options.out;
    return writeComparison(join(options.out, name), document, () => {
      for (const [index, { experiment, summary, verdicts }] of mixes.entries()) {
        const info = runInfoOf({ runs: runs[index]!, ...time });
        writeResults(folder, resultDocument(experiment, summary, verdicts), runs[index]!, info);
      }
    });
  }, terminal);
  return exitCode;
}
