import { type LoadOptions, loadExperiment } from '../config/loadExperiment.js';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import type { Mistake } from '../config/mistakes.js';

/** The fleets that an experiment file asks about. */
export type OpenedMixes =
  | {
      readonly ok: true;
      /** In the order of the file; one, without a name, where the file has no `mixes:`. */
      readonly mixes: readonly LoadedExperiment[];
      /** Up to which share their prices may differ and still be called equal; undefined: the file does not say. */
      readonly equalise: { readonly unit: 'usdPerHour'; readonly tolerance: number } | undefined;
      readonly warnings: readonly Mistake[];
    }
  | { readonly ok: false; readonly exitCode: 2 | 4; readonly mistakes: readonly Mistake[] };

/** Reads an experiment file with all of its mixes. */
export function openMixes(file: string, options: LoadOptions): OpenedMixes {
  const result = loadExperiment(file, options);
  if (!result.ok) return result;
  const { experiment, warnings } = result;
  return { ok: true, mixes: [experiment], equalise: undefined, warnings };
}
