import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { loadExperiment } from '../../src/config/loadExperiment.js';
import type { LoadedExperiment, LoadResult } from '../../src/config/loadedExperiment.js';
import { loadMixes, type MixesResult } from '../../src/config/loadMixes.js';
import type { LoadOptions } from '../../src/config/loadOptions.js';
import { formatMistakes } from '../../src/mistakes/formatMistakes.js';

const folder = mkdtempSync(join(tmpdir(), 'inflow-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Loads a text as if it were an experiment file. */
export function loadText(text: string, options: Partial<LoadOptions> = {}): LoadResult {
  const file = join(folder, 'experiment.yaml');
  writeFileSync(file, text);
  return loadExperiment(file, { overrides: [], quick: false, ...options });
}

/** Loads a text with mixes, which must be valid. */
export function loadValidMixes(
  text: string,
  options: Partial<LoadOptions> = {},
): Extract<MixesResult, { ok: true }> {
  const file = join(folder, 'mixes.yaml');
  writeFileSync(file, text);
  const result = loadMixes(file, { overrides: [], quick: false, ...options });
  if (!result.ok) throw new Error(formatMistakes(result.mistakes, 'x'));
  return result;
}

/** Loads a text that must be valid. */
export function loadValid(text: string, options: Partial<LoadOptions> = {}): LoadedExperiment {
  const result = loadText(text, options);
  if (!result.ok) throw new Error(formatMistakes(result.mistakes, 'x'));
  return result.experiment;
}
