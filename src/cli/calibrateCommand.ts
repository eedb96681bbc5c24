import { basename, join } from 'node:path';
import { type Precision, precisions } from '../../sim/hardware/deployment.js';
import { type Calibrated, calibrate } from '../calibrate/calibrate.js';
import type { TableDefaults } from '../calibrate/closedLoopTable.js';
import type { PredictedPoint } from '../calibrate/fitAccelerator.js';
import { pointMetrics } from '../calibrate/measuredPoint.js';
import { usualEngine } from '../calibrate/measuredScenario.js';
import { physicalParameters } from '../calibrate/physicalParameters.js';
import { pointErrors } from '../calibrate/pointErrors.js';
import { openArchitecture, openHardware, unknownProfile } from '../calibrate/profileParts.js';
import { readMeasurements } from '../calibrate/readMeasurements.js';
import { scatterPlot } from '../calibrate/scatterPlot.js';
import { plainText } from '../format/plainText.js';
import { formatMistakes } from '../mistakes/formatMistakes.js';
import { MistakesFound } from '../mistakes/mistakesFound.js';
import { writeAtomically } from '../results/writeAtomically.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import type { Terminal } from './terminal.js';
import { tryWriting } from './tryWriting.js';
import { UserError } from './userError.js';

/** Options of `inflow calibrate`, as the command line gives them. */
export interface CalibrateOptions {
  readonly hardware: string;
  readonly model: string;
  readonly tensorParallel: string;
  readonly weights?: string;
  readonly kv: string;
  readonly maxSequences: string;
  readonly maxBatchTokens: string;
  readonly engine: string;
  readonly date: string;
  readonly name?: string;
  readonly free?: string;
  readonly out: string;
}

const axisNames = {
  cell: 'models or runs',
  accelerators: 'group sizes',
  tokens: 'lengths',
} as const;

/** `inflow calibrate`: fits a profile to measurements, writes it with its errors and a plot, and prints the errors. */
export function calibrateCommand(
  files: readonly string[],
  options: CalibrateOptions,
  terminal: Terminal,
): ExitCode {
  try {
    return calibrateFiles(files, options, terminal);
  } catch (problem) {
    if (!(problem instanceof MistakesFound)) throw problem;
    terminal.say(formatMistakes(problem.mistakes).trimEnd());
    return problem.exitCode;
  }
}

function calibrateFiles(
  files: readonly string[],
  options: CalibrateOptions,
  terminal: Terminal,
): ExitCode {
  const defaults = defaultsOf(options);
  const free = freeOf(options);
  const read = readAll(files, defaults);
  const name = options.name ?? `${defaults.accelerator.name}-measured`;
  const result = calibrate({
    hardware: options.hardware,
    defaults,
    files: read,
    free,
    note: { name, engine: options.engine, date: options.date },
  });
  terminal.answer(reportLines(result).join('\n'));
  const path = join(options.out, name);
  tryWriting(() => {
    writeAtomically(`${path}.yaml`, [result.profileText]);
    writeAtomically(`${path}.svg`, [scatterPlot(name, result.after)]);
  }, 'Write them elsewhere with --out <folder>');
  terminal.say(`wrote ${path}.yaml and .svg`);
  return exitCodes.done;
}

/** The measurements of all files; or the mistakes of all of them. */
function readAll(files: readonly string[], defaults: TableDefaults) {
  const found: MistakesFound[] = [];
  const read = files.flatMap((file) => {
    try {
      const measurements = readMeasurements(file, defaults);
      if (measurements !== undefined) return [{ name: basename(file), measurements }];
    } catch (problem) {
      if (!(problem instanceof MistakesFound)) throw problem;
      found.push(problem);
      return [];
    }
    throw new UserError(`${plainText(file)} holds no measurements that are known here`, {
      hint: 'docs/calibrate.md says which tables and benchmark results are read',
    });
  });
  if (found.length === 0) return read;
  const exitCode = found.some((each) => each.exitCode === 4) ? 4 : 2;
  throw new MistakesFound(
    found.flatMap(({ mistakes }) => mistakes),
    exitCode,
  );
}

function defaultsOf(options: CalibrateOptions): TableDefaults {
  const { model } = options;
  refuseUnknown('--hardware', options.hardware, 'hardware-profiles');
  refuseUnknown('--model', model, 'hardware-profiles/models');
  const hardware = openHardware(options.hardware);
  if (hardware.kind === 'host')
    throw new UserError(`${hardware.host.name} is a host, which runs no model`);
  const { accelerator } = hardware;
  if (accelerator.cost.kind !== 'roofline')
    throw new UserError(`${accelerator.name} has no roofline that could be fitted`);
  openArchitecture(model);
  return {
    accelerator,
    model,
    tensorParallel: countOf('--tensor-parallel', options.tensorParallel),
    weights: options.weights === undefined ? undefined : precisionOf('--weights', options.weights),
    kv: precisionOf('--kv', options.kv),
    engine: {
      ...usualEngine,
      maxSequences: countOf('--max-sequences', options.maxSequences),
      maxBatchTokens: countOf('--max-batch-tokens', options.maxBatchTokens),
    },
  };
}

function refuseUnknown(
  option: string,
  nameOrFile: string,
  folder: Parameters<typeof unknownProfile>[1],
): void {
  const finding = unknownProfile(nameOrFile, folder);
  if (finding === undefined) return;
  const message = `${option}: ${finding.message} "${plainText(nameOrFile)}"`;
  throw new UserError(message, { hint: finding.hint });
}

function freeOf({ free }: CalibrateOptions): readonly string[] | undefined {
  const names = free?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => !physicalParameters.has(name));
  if (unknown === undefined) return names;
  throw new UserError(`no parameter is called "${plainText(unknown)}"`, {
    hint: `Known: ${[...physicalParameters.keys()].filter((name) => !/int|fp4/.test(name)).join(', ')}`,
  });
}

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new UserError(`${option} must be a whole number above 0, found "${plainText(text)}"`);
}

function precisionOf(option: string, text: string): Precision {
  const found = precisions.find((precision) => precision === text);
  if (found !== undefined) return found;
  throw new UserError(
    `${option} must be one of ${precisions.join(', ')}, found "${plainText(text)}"`,
  );
}

function reportLines({ fit, before, after, unseen }: Calibrated): string[] {
  const lines = ['error by metric      points    before     after    median     worst'];
  for (const metric of pointMetrics) {
    const of = (points: readonly PredictedPoint[]) =>
      pointErrors(points.filter(({ point }) => point.metric === metric));
    const found = of(after);
    if (found.count === 0) continue;
    lines.push(row(metric, found.count, of(before).mean, found.mean, found.median, found.worst));
  }
  for (const [axis, points] of unseen) {
    const { count, mean, median, worst } = pointErrors(points);
    lines.push(row(`unseen ${axisNames[axis]}`, count, undefined, mean, median, worst));
  }
  if (unseen.size === 0)
    lines.push('nothing could be held out: one model, one group size, one length');
  lines.push('', 'fitted');
  for (const [name, value] of fit.values) {
    const bound = fit.fit.atBound.includes(name) ? '   at its bound: the data do not tell' : '';
    const unit = physicalParameters.get(name)!.isDuration ? ' ms' : '';
    lines.push(`  ${name.padEnd(30)}${Number(value.toPrecision(3))}${unit}${bound}`);
  }
  return lines;
}

function row(name: string, count: number, ...shares: readonly (number | undefined)[]): string {
  const cells = shares.map((share) =>
    (share === undefined ? '' : `${(100 * share).toFixed(1)}%`).padStart(10),
  );
  return `${name.padEnd(20)}${String(count).padStart(7)}${cells.join('')}`;
}
