import { emptyBatchShape } from '../../sim/hardware/iterationCost.js';
import { promptOf } from './batchOf.js';
import { rowDeployment, type TableDefaults } from './closedLoopTable.js';
import { measuredNumbers } from './measuredNumbers.js';
import type { MeasuredRow } from './measuredTable.js';
import type { StepRow } from './stepPoints.js';

/** Whether a table with these columns holds iterations. */
export function isStepTable(row: MeasuredRow): boolean {
  return ['decodeRows', 'decodeContextTokens', 'chunkTokens', 'stepMs'].every((name) =>
    row.has(name),
  );
}

/**
 * A row of `decodeRows, decodeContextTokens` (all rows together)`, chunkTokens, chunkPriorTokens` (one prompt or chunk)
 * `, stepMs`, with `run` where there are several runs, of which each is held out once. Steps are those of a real engine,
 * host included; models with sliding windows are taken to be far inside or far beyond them. Empty counts are 0. Undefined: `stepMs` is empty, so nothing was measured, or there is a mistake, which is noted.
 */
export function stepsOf(row: MeasuredRow, defaults: TableDefaults): StepRow | undefined {
  const deployment = rowDeployment(row, defaults);
  const { sequencesOrNone, tokensOrNone, contextsOrNone, duration } = measuredNumbers;
  const decodeRows = row.optional('decodeRows', sequencesOrNone) ?? 0;
  const chunk = row.optional('chunkTokens', tokensOrNone) ?? 0;
  const prior = row.optional('chunkPriorTokens', tokensOrNone) ?? 0;
  const contextTokens = row.optional('decodeContextTokens', contextsOrNone) ?? 0;
  const stepMs = row.measured('stepMs', duration);
  if (deployment === undefined || Number.isNaN(stepMs)) return undefined;
  const window = deployment.model.slidingWindow?.tokens ?? 0;
  const prompt = chunk > 0 ? promptOf(chunk, window) : emptyBatchShape();
  return {
    label: `${decodeRows} decodes, ${chunk} prompt tokens after ${prior}`,
    cell: row.text('run') || `${deployment.model.name} ${deployment.weightPrecision}`,
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
    measuredMs: stepMs,
    isComposed: false,
  };
}
