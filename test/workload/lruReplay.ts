import type { RequestTrace } from '../../sim/workload/requestTrace.js';

/** What a prefix cache hit while a trace went through it. */
export interface CacheShares {
  readonly hitBlocks: number;
  /** Blocks of all prompts, partial last ones included. */
  readonly blocks: number;
  readonly hitTokens: number;
  readonly promptTokens: number;
}

/**
 * The plainest prefix cache: a map of block hashes in order of use. Plays a trace with block hashes
 * without time, one request after the other, each complete before the next.
 *
 * The convention behind the published shares: a hit is the longest run of leading blocks that are all
 * present; it counts hit blocks × block tokens, but never more than the prompt, and a wholly cached prompt
 * counts in full (an engine computes at least its last token); then all blocks of the prompt are used
 * from the last to the first, so that a prefix is always younger than what hangs on it; then the least
 * recently used blocks above the capacity go. Outputs are not cached: traces do not hash them.
 */
export function replayThroughLru(trace: RequestTrace, capacityBlocks: number): CacheShares {
  const { ids, offsets, blockTokens } = trace.blockHashes!;
  // A map iterates in order of insertion: the first key is the least recently used.
  const cached = new Map<number, true>();
  let hitBlocks = 0;
  let hitTokens = 0;
  let promptTokens = 0;
  for (let request = 0; request < trace.count; request++) {
    const blocks = ids.subarray(offsets[request]!, offsets[request + 1]!);
    let hits = 0;
    while (hits < blocks.length && cached.has(blocks[hits]!)) hits++;
    hitBlocks += hits;
    hitTokens += Math.min(hits * blockTokens, trace.promptTokens[request]!);
    promptTokens += trace.promptTokens[request]!;
    for (let i = blocks.length - 1; i >= 0; i--) {
      cached.delete(blocks[i]!);
      cached.set(blocks[i]!, true);
    }
    for (const id of cached.keys()) {
      if (cached.size <= capacityBlocks) break;
      cached.delete(id);
    }
  }
  return { hitBlocks, blocks: ids.length, hitTokens, promptTokens };
}
