/** What one replica has done so far. Whole numbers, except times. */
export interface ReplicaCounters {
  iterations: number;
  computedTokens: number;
  /** Sum over iterations of the contexts that decode rows read. */
  decodeContextTokens: number;
  /** Sum over iterations of the query-key pairs of prompt chunks. */
  chunkPairs: number;
  busyMs: number;
  preemptions: number;
  /** Of sequences admitted for the first time: prompt tokens, and those found in the prefix cache. */
  promptTokens: number;
  hitTokens: number;
  /** Blocks that were cached when a load of others began, and gone when it was admitted: taken as loaded. */
  lostBlocks: number;
  /** Jumps cut short by an arrival. */
  cuts: number;
  /** Speculative decoding: tokens drafted, and those of them that were accepted and given. */
  draftTokens: number;
  acceptedDrafts: number;
  flops: number;
  memoryBytes: number;
}

export function newReplicaCounters(): ReplicaCounters {
  return {
    iterations: 0,
    computedTokens: 0,
    decodeContextTokens: 0,
    chunkPairs: 0,
    busyMs: 0,
    preemptions: 0,
    promptTokens: 0,
    hitTokens: 0,
    lostBlocks: 0,
    cuts: 0,
    draftTokens: 0,
    acceptedDrafts: 0,
    flops: 0,
    memoryBytes: 0,
  };
}
