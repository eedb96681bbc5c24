import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';

/**
 * Path of a measured table or trace inside the data folder, which is not part of this project:
 * `../shared/data` beside it, or the folder that INFLOW_DATA names. Skips the calling test, saying
 * why, when the file is not there.
 */
export function measuredData(context: Pick<TestContext, 'skip'>, relativePath: string): string {
  const path = join(dataFolder(), relativePath);
  if (!existsSync(path)) context.skip(`skipped: no measured data at ${path}`);
  return path;
}

function dataFolder(): string {
  const named = process.env['INFLOW_DATA'];
  if (named !== undefined && named !== '') return named;
  return fileURLToPath(new URL('../../shared/data', import.meta.url));
}
