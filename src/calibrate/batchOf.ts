import { type BatchShape, emptyBatchShape } from '../../sim/hardware/iterationCost.js';

/** A batch of decode rows that all have the same context, the new token included. */
export function batchOf(rows: number, contextTokens: number, windowTokens: number): BatchShape {
  return {
    ...emptyBatchShape(),
    decodeRows: rows,
    sampledRows: rows,
    decodeContextTokens: rows * contextTokens,
    windowedDecodeContextTokens: rows * Math.min(contextTokens, windowTokens),
  };
}

/** One whole prompt with nothing beside it. */
export function promptOf(tokens: number, windowTokens: number): BatchShape {
  const growing = Math.min(tokens, windowTokens);
  return {
    ...emptyBatchShape(),
    chunks: 1,
    chunkTokens: tokens,
    chunkPairs: (tokens * (tokens + 1)) / 2,
    windowedChunkPairs: (growing * (growing + 1)) / 2 + (tokens - growing) * windowTokens,
    sampledRows: 1,
  };
}
