import { formatMistakes } from '../config/formatMistakes.js';
import { loadExperiment } from '../config/loadExperiment.js';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { type ExitCode, exitCodes } from './exitCodes.js';
import type { Terminal } from './terminal.js';

export type LoadedExperiments =
  | { readonly ok: true; readonly experiments: readonly LoadedExperiment[] }
  | { readonly ok: false; readonly exitCode: ExitCode };

/** Loads several experiment files and says all that is wrong with any of them. */
export function loadExperiments(
  files: readonly string[],
  options: Parameters<typeof loadExperiment>[1],
  terminal: Pick<Terminal, 'say'>,
): LoadedExperiments {
  const experiments: LoadedExperiment[] = [];
  let exitCode: ExitCode = exitCodes.done;
  for (const file of files) {
    const result = loadExperiment(file, options);
    const mistakes = result.ok ? result.warnings : result.mistakes;
    if (mistakes.length > 0) terminal.say(formatMistakes(mistakes, file).trimEnd());
    if (result.ok) experiments.push(result.experiment);
    // An absent file is said by the exit code even when another one is malformed.
    else exitCode = exitCode === exitCodes.fileAbsent ? exitCode : result.exitCode;
  }
  return exitCode === exitCodes.done ? { ok: true, experiments } : { ok: false, exitCode };
}
