import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { suggestion } from '../config/nearestName.js';
import { plainText } from '../format/plainText.js';
import type { ExitCode } from './exitCodes.js';
import { loadExperiments } from './loadExperiments.js';
import { loadOptionsOf, type SimulationOptions } from './simulationOptions.js';
import type { Terminal } from './terminal.js';
import { UserError } from './userError.js';

/** Mixes to be compared: at least two, with one seed and equally many replications. */
export interface OpenedComparison {
  readonly ok: true;
  /** Names the folder of the results. */
  readonly name: string;
  readonly mixes: readonly { readonly name: string; readonly experiment: LoadedExperiment }[];
  /** Index of the mix that the others are compared with. */
  readonly baseline: number;
  /** Share by which prices may differ and still count as equal. */
  readonly tolerance: number;
  /** True: results go into a folder per file, inside that of the comparison. */
  readonly hasFolderPerFile: boolean;
}

/** Loads what is to be compared: several experiment files, or one with mixes. */
export function openComparison(
  files: readonly string[],
  options: SimulationOptions & { readonly baseline?: string },
  terminal: Pick<Terminal, 'say'>,
): OpenedComparison | { readonly ok: false; readonly exitCode: ExitCode } {
  const loaded = loadExperiments(files, loadOptionsOf(options), terminal);
  if (!loaded.ok) return loaded;
  const { experiments } = loaded;
  if (experiments.length < 2) throw tooFew(files);
  const common = commonRandomness(experiments, terminal);
  // Loaded anew, so that the hash of each configuration knows of it; what there was to say has been said.
  if (common !== undefined) return openComparison(files, { ...options, ...common }, { say() {} });
  const isOneFile = files.length === 1;
  const mixes = experiments.map((experiment) => ({
    name: isOneFile ? (experiment.mix ?? experiment.name) : nameAmongFiles(experiment),
    experiment,
  }));
  refuseEqualNames(mixes);
  const names = mixes.map(({ name }) => name);
  return {
    ok: true,
    name: isOneFile ? experiments[0]!.name : nameOf(names),
    mixes,
    baseline: options.baseline === undefined ? 0 : indexOf(options.baseline, names),
    tolerance: loaded.priceTolerance ?? 0.03,
    hasFolderPerFile: !isOneFile,
  };
}

function nameAmongFiles({ name, mix }: LoadedExperiment): string {
  return mix === undefined ? name : `${name}/${mix}`;
}

/** `a-vs-b`, or `a-vs-3-others`. */
function nameOf([first = '', ...others]: readonly string[]): string {
  const other = others.length === 1 ? others[0]! : `${others.length}-others`;
  return `${first}-vs-${other}`.replaceAll('/', '-');
}

/** Pairs need the same random numbers: those of the first, and as many as all have. Undefined: so they are. */
function commonRandomness(
  experiments: readonly LoadedExperiment[],
  terminal: Pick<Terminal, 'say'>,
): Pick<SimulationOptions, 'seed' | 'replications'> | undefined {
  const [first, ...others] = experiments;
  const fewest = Math.min(...experiments.map(({ replications }) => replications));
  for (const { file, seed } of others) {
    if (seed === first!.seed) continue;
    terminal.say(`${file}: compared with the seed of ${first!.file}, ${first!.seed}, not ${seed}`);
  }
  for (const { file, replications } of experiments) {
    if (replications === fewest) continue;
    terminal.say(`${file}: compared over ${fewest} replications, not ${replications}`);
  }
  const isCommon = experiments.every(
    ({ seed, replications }) => seed === first!.seed && replications === fewest,
  );
  return isCommon ? undefined : { seed: first!.seed, replications: `${fewest}` };
}

function tooFew(files: readonly string[]): UserError {
  const [file = ''] = files;
  return new UserError(`${plainText(file)} has only one fleet: nothing to compare`, {
    hint: 'Give a second experiment, or fleets by name under mixes:',
  });
}

function refuseEqualNames(mixes: OpenedComparison['mixes']): void {
  const fileByName = new Map<string, string>();
  for (const { name, experiment } of mixes) {
    const other = fileByName.get(name.toLowerCase());
    if (other !== undefined) {
      const hint = 'Give each a name of its own';
      throw new UserError(`${other} and ${experiment.file} are both named "${name}"`, { hint });
    }
    fileByName.set(name.toLowerCase(), experiment.file);
  }
}

function indexOf(name: string, names: readonly string[]): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new UserError(`there is no mix "${plainText(name)}"`, { hint: suggestion(name, names) });
}
