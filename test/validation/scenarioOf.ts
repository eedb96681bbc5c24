import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scenario } from '../../sim/run/scenario.js';
import { loadExperiment } from '../../src/config/loadExperiment.js';

/**
 * The scenario of an experiment file with this text, read as `inflow run` reads it.
 * @param beside further files in its folder, by name.
 */
export function scenarioOf(text: string, beside: Readonly<Record<string, string>> = {}): Scenario {
  const folder = mkdtempSync(join(tmpdir(), 'inflow-'));
  try {
    const files = { ...beside, 'experiment.yaml': text };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const loaded = loadExperiment(join(folder, 'experiment.yaml'), { overrides: [], quick: false });
    if (loaded.ok) return loaded.experiment.scenario;
    throw new Error(
      loaded.mistakes.map(({ message, excerpt }) => `${message}: ${excerpt}`).join('\n'),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
