import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { loadMixes } from '../config/loadMixes.js';
import type { LoadOptions } from '../config/loadOptions.js';
import { formatMistakes } from '../mistakes/formatMistakes.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import type { Terminal } from './terminal.js';

export type LoadedExperiments =
  | {
      readonly ok: true;
      /** Of all files in their order; several of one file that has mixes. */
      readonly experiments: readonly LoadedExperiment[];
      /** Share by which prices of mixes may differ, as the first file that says so wants it. */
      readonly priceTolerance: number | undefined;
    }
  | { readonly ok: false; readonly exitCode: ExitCode };

/** Loads several experiment files and says all that is wrong with any of them. */
export function loadExperiments(
  files: readonly string[],
  options: LoadOptions,
  terminal: Pick<Terminal, 'say'>,
): LoadedExperiments {
  const experiments: LoadedExperiment[] = [];
  let priceTolerance: number | undefined;
  let exitCode: ExitCode = exitCodes.done;
  for (const file of files) {
    const result = loadMixes(file, options);
    const mistakes = result.ok ? result.warnings : result.mistakes;
    if (mistakes.length > 0) terminal.say(formatMistakes(mistakes, file).trimEnd());
    if (result.ok) {
      experiments.push(...result.mixes);
      priceTolerance ??= result.equalise?.tolerance;
      // An absent file is said by the exit code even when another one is malformed.
    } else exitCode = exitCode === exitCodes.fileAbsent ? exitCode : result.exitCode;
  }
  if (exitCode !== exitCodes.done) return { ok: false, exitCode };
  return { ok: true, experiments, priceTolerance };
}
