import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CompareDocument } from './compareSchema.js';
import { writeAtomically } from './writeAtomically.js';

/**
 * Writes `compare.json` into the folder of a comparison, after `writeMixes` has written the results of each
 * mix: while it is there, the others belong to it. Returns the folder.
 */
export function writeComparison(
  folder: string,
  document: CompareDocument,
  writeMixes: () => void,
): string {
  const file = join(folder, 'compare.json');
  rmSync(file, { force: true });
  writeMixes();
  writeAtomically(file, [`${JSON.stringify(document, null, 2)}\n`]);
  return folder;
}
