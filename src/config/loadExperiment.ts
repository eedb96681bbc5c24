import { mistakeAt } from '../mistakes/mistakes.js';
import { wholeFile } from '../mistakes/sourceText.js';
import type { LoadResult } from './loadedExperiment.js';
import { loadMixes } from './loadMixes.js';
import type { LoadOptions } from './loadOptions.js';

/** Loads an experiment with one fleet, as `loadMixes` does; one with mixes is a mistake. */
export function loadExperiment(file: string, options: LoadOptions): LoadResult {
  const loaded = loadMixes(file, options);
  if (!loaded.ok) return loaded;
  const [experiment, ...others] = loaded.mixes;
  const { warnings } = loaded;
  if (experiment !== undefined && experiment.mix === undefined)
    return { ok: true, experiment, warnings };
  const message = `the experiment has ${others.length + 1} mixes, and one is expected here`;
  const mistake = mistakeAt(wholeFile(file), { code: 'E_MIX', message });
  return { ok: false, exitCode: 2, mistakes: [mistake] };
}
