import type { Deployment } from '../../sim/hardware/deployment.js';
import { type BatchShape, emptyBatchShape } from '../../sim/hardware/iterationCost.js';
import { accelerator, model } from './shippedProfiles.js';

/** A shipped model on a shipped accelerator: one of it, native weights, bf16 KV, 90% of the memory, no graphs. */
export function deployment(
  hardwareName: string,
  modelName: string,
  changes: Partial<Deployment> = {},
): Deployment {
  const served = model(modelName);
  return {
    accelerator: accelerator(hardwareName),
    model: served,
    tensorParallel: 1,
    weightPrecision: served.nativePrecision,
    kvPrecision: 'bf16',
    memoryShare: 0.9,
    graphSizes: [],
    ...changes,
  };
}

/** A decode batch with one row per context (the new token included). */
export function decodeShape(contexts: readonly number[], windowTokens = 0): BatchShape {
  return {
    ...emptyBatchShape(),
    decodeRows: contexts.length,
    sampledRows: contexts.length,
    decodeContextTokens: sum(contexts),
    windowedDecodeContextTokens: sum(contexts.map((tokens) => Math.min(tokens, windowTokens))),
  };
}

/** One chunk that completes its prompt, after `prior` tokens, with nothing beside it. */
export function chunkShape(chunk: number, prior = 0, windowTokens = 0): BatchShape {
  const windowed = Array.from({ length: chunk }, (_, i) => Math.min(prior + i + 1, windowTokens));
  return {
    ...emptyBatchShape(),
    chunks: 1,
    chunkTokens: chunk,
    chunkPairs: chunk * (prior + chunk) - (chunk * (chunk - 1)) / 2,
    chunkPriorTokens: prior,
    windowedChunkPairs: sum(windowed),
    windowedChunkPriorTokens: Math.min(prior, windowTokens),
    sampledRows: 1,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
