import type { BatchShape, IterationWork } from './iterationCost.js';
import type { ModelArchitecture } from './modelArchitecture.js';
import type { ModelShare } from './modelShare.js';
import { touchedExperts } from './touchedExperts.js';

/**
 * Useful bytes and operations of an iteration on one accelerator: weights read once, KV read once,
 * multiplications without padding. Activations and re-reads are left out, as MBU and MFU are defined.
 *
 * @param share what a tensor-parallel group member does
 * @param chips accelerators that divide the share further, layer by layer
 */
export function iterationWork(
  { experts }: ModelArchitecture,
  share: ModelShare,
  chips: number,
  shape: BatchShape,
): IterationWork {
  const tokens = shape.decodeRows + shape.chunkTokens;
  if (tokens === 0) return { memoryBytes: 0, flops: 0 };
  const touched = experts === undefined ? 0 : touchedExperts(experts.count, experts.active, tokens);
  const { full, windowed } = share;
  const memoryBytes =
    share.denseBytes +
    touched * share.bytesPerExpert +
    (shape.sampledRows > 0 ? share.headBytes : 0) +
    (shape.decodeContextTokens + shape.chunkPriorTokens) * full.kvBytesPerToken +
    (shape.windowedDecodeContextTokens + shape.windowedChunkPriorTokens) * windowed.kvBytesPerToken;
  const flops =
    tokens * (share.denseFlopsPerToken + share.expertFlopsPerToken) +
    shape.sampledRows * share.headFlopsPerRow +
    shape.decodeContextTokens * full.decodeFlopsPerToken +
    shape.windowedDecodeContextTokens * windowed.decodeFlopsPerToken +
    shape.chunkPairs * full.flopsPerPair +
    shape.windowedChunkPairs * windowed.flopsPerPair;
  return { memoryBytes: memoryBytes / chips, flops: flops / chips };
}
