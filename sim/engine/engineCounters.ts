/** What the replicas of a pool have done so far, all together. Whole numbers, except times. */
export interface EngineCounters {
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
  /** Speculative decoding: tokens drafted, and those of them that were accepted and given. */
  draftTokens: number;
  acceptedDrafts: number;
  flops: number;
  memoryBytes: number;
}

/** All begin as fractions, so that none changes its kind in the middle of a run: see docs/engine.md, How it is fast. */
export function newEngineCounters(): EngineCounters {
  const { NaN: unset } = Number;
  const counters: EngineCounters = {
    iterations: unset,
    computedTokens: unset,
    decodeContextTokens: unset,
    chunkPairs: unset,
    busyMs: unset,
    preemptions: unset,
    promptTokens: unset,
    hitTokens: unset,
    lostBlocks: unset,
    draftTokens: unset,
    acceptedDrafts: unset,
    flops: unset,
    memoryBytes: unset,
  };
  for (const name of Object.keys(counters)) counters[name as keyof EngineCounters] = 0;
  return counters;
}
