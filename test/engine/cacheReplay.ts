import { DecodeRows } from '../../sim/engine/decodeRows.js';
import { KvMemory } from '../../sim/engine/kvMemory.js';
import { prefixCacheStore } from '../../sim/engine/prefixCacheStore.js';
import { SequenceState, SequenceTable } from '../../sim/engine/sequenceTable.js';
import { TokenStreams } from '../../sim/engine/tokenStreams.js';
import type { RequestTrace } from '../../sim/workload/requestTrace.js';
import { planForks } from '../../sim/workload/traceForks.js';

/** What a replay without time found in the cache. */
export interface CacheReplay {
  readonly hitBlocks: number;
  readonly blocks: number;
  readonly hitTokens: number;
  readonly promptTokens: number;
}

/**
 * Replays the prompts of a hashed trace through the engine's own cache of extents, one after the other and
 * without time: each is looked up, held whole, and given back. A last block that the prompt fills in part
 * counts as a block, as in the trace; hit tokens are capped at the prompt.
 */
export function replayThroughCache(trace: RequestTrace, capacityBlocks: number): CacheReplay {
  const { blockTokens, offsets } = trace.blockHashes!;
  const blocksOf = (request: number) => offsets[request + 1]! - offsets[request]!;
  const wholeBlocks = {
    ...trace,
    promptTokens: trace.promptTokens.map((_, request) => blocksOf(request) * blockTokens),
  };
  const plan = planForks(wholeBlocks);
  const streams = new TokenStreams();
  const blockShift = 31 - Math.clz32(blockTokens);
  const table = new SequenceTable();
  const rows = new DecodeRows(table, { blockShift, windowTokens: 0 });
  const kv = new KvMemory(prefixCacheStore(streams), table, rows, {
    replica: 0,
    totalBlocks: capacityBlocks,
    blockShift,
    caching: true,
  });
  const streamOf = new Int32Array(trace.count);
  const total = { hitBlocks: 0, blocks: 0, hitTokens: 0, promptTokens: 0 };
  for (let request = 0; request < trace.count; request++) {
    const parent = plan.parent[request]!;
    const stream =
      parent < 0
        ? streams.addRoot()
        : streams.addFork(streamOf[parent]!, plan.forkTokens[request]!);
    streamOf[request] = stream;
    const blocks = blocksOf(request);
    kv.lookup(stream, blocks);
    const hit = kv.presentBlocks;
    const sequence = table.add(request, stream, blocks * blockTokens, 1, 0);
    table.state[sequence] = SequenceState.prefill;
    kv.acquire(sequence, stream);
    kv.allocate(blocks - hit);
    kv.register(sequence, hit, blocks);
    kv.release(sequence, blocks, blocks);
    table.release(sequence);
    total.hitBlocks += hit;
    total.blocks += blocks;
    total.hitTokens += Math.min(hit * blockTokens, trace.promptTokens[request]!);
    total.promptTokens += trace.promptTokens[request]!;
  }
  return total;
}
