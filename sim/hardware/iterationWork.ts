import type { IterationCost, IterationWork } from './iterationCost.js';
import type { ModelArchitecture } from './modelArchitecture.js';
import type { ModelShare } from './modelShare.js';
import { touchedExperts } from './touchedExperts.js';

/** Batches of fewer tokens remember the bytes of the experts that they touch. */
const rememberedTokens = 1024;

/**
 * Useful bytes and operations of iterations on one accelerator: weights read once, KV read once,
 * multiplications without padding. Activations and re-reads are left out, as MBU and MFU are defined. Where
 * accelerators divide sequences among them, it is their mean. The result is one object, filled anew by each call.
 *
 * @param share what a member of the group does
 * @param chips accelerators that divide the share further, layer by layer
 */
export function iterationWork(
  { experts }: ModelArchitecture,
  share: ModelShare,
  chips: number,
): IterationCost['work'] {
  const { full, windowed } = share;
  const own = 1 / (chips * share.attentionRanks);
  const denseBytes = share.denseBytes / chips;
  const headBytes = share.headBytes / chips;
  const bytesPerExpert = share.bytesPerExpert / chips;
  const kvBytes = full.kvBytesPerToken * own;
  const windowedKvBytes = windowed.kvBytesPerToken * own;
  const flopsPerToken =
    share.attentionFlopsPerToken * own +
    (share.denseFlopsPerToken + share.expertFlopsPerToken) / chips;
  const flopsPerRow = share.headFlopsPerRow / chips;
  const decodeFlops = full.decodeFlopsPerToken * own;
  const windowedDecodeFlops = windowed.decodeFlopsPerToken * own;
  const pairFlops = full.flopsPerPair * own;
  const windowedPairFlops = windowed.flopsPerPair * own;

  const streamedBytes = (tokens: number) =>
    experts === undefined
      ? denseBytes
      : denseBytes + touchedExperts(experts.count, experts.active, tokens) * bytesPerExpert;
  /** By tokens; the last place is for the others. */
  const remembered = Float64Array.from({ length: rememberedTokens + 1 }, (_, tokens) =>
    streamedBytes(tokens),
  );
  const work: IterationWork = { memoryBytes: 0, flops: 0 };
  return (shape, iterations = 1, growingRows = 0) => {
    const perRow = shape.tokensPerDecodeRow;
    const tokens = shape.decodeRows * perRow + shape.chunkTokens;
    if (tokens === 0) {
      work.memoryBytes = 0;
      work.flops = 0;
      return work;
    }
    if (tokens >= rememberedTokens) remembered[rememberedTokens] = streamedBytes(tokens);
    // Work is linear in the contexts, so the iteration in the middle stands for all.
    const middle = (iterations - 1) / 2;
    const contextTokens = shape.decodeContextTokens + shape.decodeRows * middle;
    const windowedTokens = shape.windowedDecodeContextTokens + growingRows * middle;
    work.memoryBytes =
      (remembered[Math.min(tokens, rememberedTokens)]! +
        (shape.sampledRows > 0 ? headBytes : 0) +
        (contextTokens + shape.chunkPriorTokens) * kvBytes +
        (windowedTokens + shape.windowedChunkPriorTokens) * windowedKvBytes) *
      iterations;
    work.flops =
      (tokens * flopsPerToken +
        shape.sampledRows * flopsPerRow +
        (perRow * contextTokens - (shape.decodeRows * perRow * (perRow - 1)) / 2) * decodeFlops +
        perRow * windowedTokens * windowedDecodeFlops +
        shape.chunkPairs * pairFlops +
        shape.windowedChunkPairs * windowedPairFlops) *
      iterations;
    return work;
  };
}
