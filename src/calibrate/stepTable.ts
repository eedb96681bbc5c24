import { emptyBatchShape } from '../../sim/hardware/iterationCost.js';
import { promptOf } from './batchOf.js';
import { rowDeployment, type TableDefaults } from './closedLoopTable.js';
import type { TableRow } from './readTable.js';
import type { StepRow } from './stepPoints.js';

/** Whether a table with these columns holds iterations. */
export function isStepTable(row: TableRow): boolean {
  return ['decodeRows', 'decodeContextTokens', 'chunkTokens', 'stepMs'].every(
    (name) => name in row,
  );
}

/**
 * A row of `decodeRows, decodeContextTokens` (all rows together)`, chunkTokens, chunkPriorTokens` (one prompt or chunk)
 * `, stepMs`, with `run` where there are several runs, of which each is held out once. Steps are those of a real engine,
 * host included; models with sliding windows are taken to be far inside or far beyond them.
 */
export function stepsOf(row: TableRow, defaults: TableDefaults): StepRow {
  const deployment = rowDeployment(row, defaults);
  const count = (name: string) => Number(row[name] || 0);
  const decodeRows = count('decodeRows');
  const chunk = count('chunkTokens');
  const prior = count('chunkPriorTokens');
  const window = deployment.model.slidingWindow?.tokens ?? 0;
  const contextTokens = count('decodeContextTokens');
  const prompt = chunk > 0 ? promptOf(chunk, window) : emptyBatchShape();
  return {
    label: `${decodeRows} decodes, ${chunk} prompt tokens after ${prior}`,
    cell: row['run'] || `${deployment.model.name} ${deployment.weightPrecision}`,
    deployment,
    shape: {
      ...prompt,
      chunkPairs: prompt.chunkPairs + chunk * prior,
      chunkPriorTokens: prior,
      windowedChunkPriorTokens: Math.min(prior, window),
      decodeRows,
      decodeContextTokens: contextTokens,
      windowedDecodeContextTokens: Math.min(contextTokens, decodeRows * window),
      sampledRows: decodeRows + (chunk > 0 ? 1 : 0),
    },
    tokens: chunk,
    measuredMs: count('stepMs'),
    isComposed: false,
  };
}
