import { join } from 'node:path';
import { compareDocument } from '../results/compareDocument.js';
import { compareMixes } from '../results/compareMixes.js';
import { experimentName } from '../results/experimentName.js';
import { summariseMixes } from '../results/summariseMixes.js';
import { titleText } from '../results/summaryText.js';
import { type VaryPoint, varyTable } from '../results/varyTable.js';
import { writeComparison } from '../results/writeComparison.js';
import type { CompareOptions } from './compareCommand.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import { priceAssumption } from './marketPrices.js';
import { openComparison } from './openComparison.js';
import { reportBug } from './reportBug.js';
import { simulateMixes } from './simulateMixes.js';
import { SimulationFailed } from './simulationFailed.js';
import { replayOf, workersOf } from './simulationOptions.js';
import { listenForStop } from './stopSignals.js';
import type { Terminal } from './terminal.js';
import { readVary, type Vary } from './varyOption.js';
import { writeFiles } from './writeFiles.js';

/** `inflow compare --vary path=values`: the same comparison with each of the values, in one table. */
export async function varyCommand(
  files: readonly string[],
  written: string,
  options: CompareOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const vary = readVary(written);
  const points: VaryPoint[] = [];
  const stop = listenForStop(() => terminal.say('stopping: finished values are kept'));
  try {
    for (const value of vary.values) {
      const point = await pointAt(value, vary, files, options, terminal, stop.signal);
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

/** Simulates and compares all mixes with one value. Undefined: stopped before all replications were finished. */
async function pointAt(
  value: string,
  { path }: Vary,
  files: readonly string[],
  options: CompareOptions,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<VaryPoint | ExitCode | undefined> {
  const withValue = { ...options, set: [...options.set, `${path}=${value}`] };
  const opened = openComparison(files, withValue, terminal);
  if (!opened.ok) return opened.exitCode;
  const { mixes, baseline, tolerance, name } = opened;
  const experiments = mixes.map(({ experiment }) => experiment);
  try {
    const control = { stop, workers: workersOf(options) };
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
      replay: replayOf(experiment, withValue, ['compare', ...files]),
    });
  }
}

function show(
  { path }: Vary,
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
    for (const { value, document } of documents) {
      // A value may hold characters that no file name may.
      const plain = value.replace(/[^\w.%-]+/g, '_');
      writeComparison(join(folder, `${path}=${plain}`), document, () => {});
    }
    return folder;
  }, terminal);
}
