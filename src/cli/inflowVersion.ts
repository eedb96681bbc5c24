import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../config/library.js';

/** The version of this program, from its package. */
export function inflowVersion(): string {
  const manifest = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
