import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { invariant } from '../../sim/kernel/invariant.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { requestsCsv } from './requestsCsv.js';
import type { ResultDocument } from './resultSchema.js';
import { type RunInfo, runInfoText } from './runInfo.js';
import { sessionsCsv } from './sessionsCsv.js';
import { slowestTurnsText } from './slowestTurns.js';
import { timelineCsv } from './timelineCsv.js';
import { turnsCsv } from './turnsCsv.js';
import { writeAtomically } from './writeAtomically.js';

/**
 * Writes the results of one experiment into `<outFolder>/<name>/`, those of a mix into a folder of its own
 * in there, and returns that folder. Each file is whole or absent; `summary.json` comes last, so while it is
 * there the others belong to it.
 */
export function writeResults(
  outFolder: string,
  document: ResultDocument,
  runs: readonly RunResult[],
  info: RunInfo,
): string {
  const { name, mix } = document.experiment;
  const ofFile = resultFolder(outFolder, name);
  const folder = mix === null ? ofFile : resultFolder(ofFile, mix);
  rmSync(join(folder, 'summary.json'), { force: true });
  writeAtomically(join(folder, 'requests.csv'), requestsCsv(runs));
  writeAtomically(join(folder, 'timeline.csv'), timelineCsv(runs));
  writeTurns(folder, runs);
  writeAtomically(join(folder, 'run-info.json'), [runInfoText(info)]);
  writeAtomically(join(folder, 'summary.json'), [`${JSON.stringify(document, null, 2)}\n`]);
  return folder;
}

/** What only runs with sessions have. Without any, files of an earlier experiment of this name go. */
function writeTurns(folder: string, runs: readonly RunResult[]): void {
  const files: Readonly<Record<string, () => Iterable<string>>> = {
    'turns.csv': () => turnsCsv(runs),
    'sessions.csv': () => sessionsCsv(runs),
    'slowest-turns.json': () => [slowestTurnsText(runs)],
  };
  const hasSessions = runs.some(({ agents }) => agents !== undefined);
  for (const [name, parts] of Object.entries(files)) {
    if (hasSessions) writeAtomically(join(folder, name), parts());
    else rmSync(join(folder, name), { force: true });
  }
}

/** The folder of an experiment, directly inside the folder for all results. */
export function resultFolder(outFolder: string, name: string): string {
  const folder = join(outFolder, name);
  const isInside = dirname(resolve(folder)) === resolve(outFolder);
  invariant(isInside, `the results of "${name}" would leave ${outFolder}`);
  return folder;
}
