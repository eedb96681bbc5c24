import { describe, expect, test } from 'vitest';
import { DecodeRows } from '../../sim/engine/decodeRows.js';
import { KvMemory } from '../../sim/engine/kvMemory.js';
import { prefixCacheStore } from '../../sim/engine/prefixCacheStore.js';
import { preloadContext } from '../../sim/engine/preloadContext.js';
import { SequenceTable } from '../../sim/engine/sequenceTable.js';
import { TokenStreams } from '../../sim/engine/tokenStreams.js';

/** An empty cache of ten blocks of 16 tokens, and the blocks in it from the oldest to the newest as `stream:block`. */
function tenBlocks() {
  const streams = new TokenStreams();
  const table = new SequenceTable();
  const store = prefixCacheStore(streams);
  const rows = new DecodeRows(table, { blockShift: 4, windowTokens: 0 });
  const kv = new KvMemory(store, table, rows, {
    replica: 0,
    totalBlocks: 10,
    blockShift: 4,
    caching: true,
  });
  const oldestFirst = () => {
    const { extents, nodes } = store;
    const blocks: string[] = [];
    for (let extent = kv.lru.oldest; extent >= 0; extent = extents.newer[extent]!)
      for (let block = extents.high[extent]! - 1; block >= extents.low[extent]!; block--)
        blocks.push(`${nodes.stream[extents.node[extent]!]}:${block}`);
    return blocks;
  };
  const present = (stream: number) => {
    kv.lookup(stream, 100);
    return kv.presentBlocks;
  };
  const preload = (stream: number, blocks: number) => preloadContext(kv, table, stream, blocks);
  return { streams, table, kv, oldestFirst, present, preload };
}

describe('a context put into the cache beforehand', () => {
  test('is found, is the most recent, and holds nothing but evictable blocks', () => {
    const { streams, table, kv, oldestFirst, present, preload } = tenBlocks();
    const first = streams.addRoot();
    const second = streams.addRoot();
    preload(first, 3);
    preload(second, 2);
    expect([present(first), present(second)]).toEqual([3, 2]);
    expect(oldestFirst()).toEqual(['0:2', '0:1', '0:0', '1:1', '1:0']);
    expect([kv.freeBlocks, kv.evictableBlocks, kv.evictedBlocks]).toEqual([5, 5, 0]);
    expect(table.inUse).toBe(0);
  });

  test('given again, it becomes the most recent and takes no new blocks', () => {
    const { streams, kv, oldestFirst, preload } = tenBlocks();
    preload(streams.addRoot(), 2);
    preload(streams.addRoot(), 2);
    preload(0, 2);
    expect(oldestFirst()).toEqual(['1:1', '1:0', '0:1', '0:0']);
    expect(kv.freeBlocks).toBe(6);
  });

  test('given again in part, only that part becomes more recent', () => {
    const { streams, oldestFirst, preload } = tenBlocks();
    preload(streams.addRoot(), 4);
    preload(streams.addRoot(), 1);
    preload(0, 2);
    expect(oldestFirst()).toEqual(['0:3', '0:2', '1:0', '0:1', '0:0']);
  });

  test('a fork shares what it has in common and adds its own', () => {
    const { streams, kv, present, oldestFirst, preload } = tenBlocks();
    preload(streams.addRoot(), 3);
    const fork = streams.addFork(0, 32);
    preload(fork, 4);
    expect(present(fork)).toBe(4);
    expect(kv.evictableBlocks).toBe(5);
    expect(oldestFirst()).toEqual(['0:2', '1:3', '1:2', '0:1', '0:0']);
  });

  test('when memory ends, the least recent blocks make room, the tail of a context first', () => {
    const { streams, kv, present, preload } = tenBlocks();
    for (let stream = 0; stream < 3; stream++) preload(streams.addRoot(), 4);
    expect([present(0), present(1), present(2)]).toEqual([2, 4, 4]);
    expect([kv.freeBlocks, kv.evictableBlocks, kv.evictedBlocks]).toEqual([0, 10, 2]);
  });

  test('one that cannot fit, or has no full block, changes nothing', () => {
    const { streams, table, kv, present, preload } = tenBlocks();
    preload(streams.addRoot(), 4);
    const long = streams.addFork(0, 64);
    preload(long, 11);
    preload(streams.addRoot(), 0);
    expect([present(0), present(long)]).toEqual([4, 4]);
    expect([kv.freeBlocks, kv.evictableBlocks, kv.nodeCount]).toEqual([6, 4, 1]);
    expect(table.inUse).toBe(0);
  });

  test('beside a running sequence it uses only what that leaves, and the whole memory comes back', () => {
    const { streams, table, kv, present, preload } = tenBlocks();
    const stream = streams.addRoot();
    const sequence = table.add(0, stream, 96, 1, 0);
    table.state[sequence] = 1;
    kv.acquire(sequence, stream);
    kv.allocate(6);
    kv.register(sequence, 0, 6);
    preload(streams.addRoot(), 5);
    expect(present(1)).toBe(0);
    preload(streams.addFork(stream, 96), 10);
    expect(present(2)).toBe(10);
    expect(kv.availableBlocks).toBe(4);
    kv.release(sequence, 6, 6);
    table.release(sequence);
    expect(kv.availableBlocks).toBe(10);
  });

  test('what was preloaded is evicted like anything else, and leaves no trace', () => {
    const { streams, kv, preload } = tenBlocks();
    preload(streams.addRoot(), 3);
    preload(streams.addFork(0, 48), 5);
    kv.allocate(10);
    expect([kv.freeBlocks, kv.evictableBlocks, kv.nodeCount]).toEqual([0, 0, 0]);
  });
});
