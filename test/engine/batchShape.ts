import { type BatchShape, emptyBatchShape } from '../../sim/hardware/iterationCost.js';
import type { BatchRow } from './referenceScheduler.js';

/** What a batch computes, token by token; `windowTokens` 0 leaves the windowed counts at 0. */
export function batchShape(
  rows: readonly BatchRow[],
  windowTokens: number,
  tokensPerDecodeRow = 1,
): BatchShape {
  const shape = { ...emptyBatchShape(), tokensPerDecodeRow };
  for (const row of rows) {
    if (row.gives > 0) shape.sampledRows += row.isDecode ? row.tokens : 1;
    if (row.isDecode) {
      shape.decodeRows++;
      shape.decodeContextTokens += row.contextTokens;
      shape.windowedDecodeContextTokens += Math.min(row.contextTokens, windowTokens);
    } else addChunk(shape, row, windowTokens);
  }
  return shape;
}

function addChunk(shape: BatchShape, row: BatchRow, windowTokens: number): void {
  const priorTokens = row.contextTokens - row.tokens;
  shape.chunks++;
  shape.chunkTokens += row.tokens;
  shape.chunkPriorTokens += priorTokens;
  shape.windowedChunkPriorTokens += Math.min(priorTokens, windowTokens);
  // Each token attends to itself and to all before it.
  for (let position = priorTokens + 1; position <= row.contextTokens; position++) {
    shape.chunkPairs += position;
    shape.windowedChunkPairs += Math.min(position, windowTokens);
  }
}
