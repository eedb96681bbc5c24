import { join } from 'node:path';
import { compareDocument } from '../results/compareDocument.js';
import { compareMixes } from '../results/compareMixes.js';
import { experimentName } from '../results/experimentName.js';
import { summariseMixes } from '../results/summariseMixes.js';
import { titleText } from '../results/summaryText.js';
import { varyFolders } from '../results/varyFolders.js';
import { type VaryPoint, varyTable } from '../results/varyTable.js';
import { writeComparison } from '../results/writeComparison.js';
import type { CompareOptions } from './compareCommand.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import { priceAssumption } from './marketPrices.js';
import { type OpenedComparison, openComparison } from './openComparison.js';
import { reportBug } from './reportBug.js';
import { simulateMixes } from './simulateMixes.js';
import { SimulationFailed } from './simulationFailed.js';
import { replayOf, workersOf } from './simulationOptions.js';
import { listenForStop, type StopSignals } from './stopSignals.js';
import type { Terminal } from './terminal.js';
import { readVary, type Vary } from './varyOption.js';
import { writeFiles } from './writeFiles.js';

/** One of the values, and the mixes with it. */
interface VariedComparison {
  readonly value: string;
  readonly options: CompareOptions;
  readonly opened: OpenedComparison;
}

/** `inflow compare --vary path=values`: the same comparison with each of the values, in one table. */
export async function varyCommand(
  files: readonly string[],
  written: string,
  options: CompareOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const vary = readVary(written);
  // A mistake in the last value is told before the first is simulated.
  const varied = openAll(vary, files, options, terminal);
  if (typeof varied === 'number') return varied;
  const points: VaryPoint[] = [];
  const stop = listenForStop('stopping: finished values are kept', terminal);
  try {
    for (const each of varied) {
      const point = await pointAt(each, files, terminal, stop);
      if (typeof point === 'number') return point;
      if (point === undefined) break;
      points.push(point);
    }
  } finally {
    stop.release();
  }
  if (points.length > 0) show(vary, points, options, terminal);
  return stop.exitCode ?? exitCodes.done;
}

function openAll(
  { path, values }: Vary,
  files: readonly string[],
  options: CompareOptions,
  terminal: Terminal,
): readonly VariedComparison[] | ExitCode {
  const varied: VariedComparison[] = [];
  for (const value of values) {
    const withValue = { ...options, set: [...options.set, `${path}=${value}`] };
    const opened = openComparison(files, withValue, terminal);
    if (!opened.ok) return opened.exitCode;
    varied.push({ value, options: withValue, opened });
  }
  return varied;
}

/** Simulates and compares all mixes with one value. Undefined: stopped before all replications were finished. */
async function pointAt(
  { value, options, opened }: VariedComparison,
  files: readonly string[],
  terminal: Terminal,
  { signal: stop, onOutOfMemory }: StopSignals,
): Promise<VaryPoint | ExitCode | undefined> {
  const { mixes, baseline, tolerance, name } = opened;
  const experiments = mixes.map(({ experiment }) => experiment);
  try {
    const control = { stop, onOutOfMemory, workers: workersOf(options) };
    const runs = await simulateMixes(`${name} ${value}`, experiments, terminal, control);
    if (stop.aborted) return undefined;
    const compared = summariseMixes(mixes.map((mix, index) => ({ ...mix, runs: runs[index]! })));
    const settings = { baseline, tolerance, assumptionOf: priceAssumption };
    return { value, comparison: compareMixes(name, compared, settings) };
  } catch (problem) {
    if (!(problem instanceof SimulationFailed)) throw problem;
    const { experiment } = mixes[problem.world]!;
    return reportBug(problem, terminal, {
      experiment: { ...experiment, name: experimentName(experiment) },
      replay: replayOf(experiment, options, ['compare', ...files]),
    });
  }
}

function show(
  { path, values }: Vary,
  points: readonly VaryPoint[],
  options: CompareOptions,
  terminal: Terminal,
): void {
  const { comparison } = points[0]!;
  const documents = points.map((point) => ({
    value: point.value,
    document: compareDocument(point.comparison),
  }));
  if (options.json)
    terminal.answer(
      JSON.stringify(
        {
          vary: path,
          points: documents.map(({ value, document }) => ({ value, comparison: document })),
        },
        null,
        2,
      ),
    );
  else {
    const { experiment } = comparison.mixes[0]!;
    terminal.answer(
      [
        ...titleText(comparison.name, experiment.about, terminal.paint),
        `${experiment.replications} replications, seed ${experiment.seed}; lines: ${path}`,
        ...varyTable(path, points, terminal.paint),
      ].join('\n'),
    );
  }
  if (!options.files) return;
  const folder = join(options.out, comparison.name);
  writeFiles(() => {
    const folders = varyFolders(path, values);
    for (const [index, { document }] of documents.entries())
      writeComparison(join(folder, folders[index]!), document, () => {});
    return folder;
  }, terminal);
}
