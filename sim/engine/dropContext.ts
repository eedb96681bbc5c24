import type { KvMemory } from './kvMemory.js';
import type { PrefixCacheStore } from './prefixCacheStore.js';

/**
 * Empties the cached blocks among the first `blocks` of a stream, from the last one on, as far as no sequence
 * references them and no other cached block follows them.
 */
export function dropContext(
  kv: KvMemory,
  { streams, nodes }: PrefixCacheStore,
  blockShift: number,
  stream: number,
  blocks: number,
): void {
  let end = blocks;
  let current = stream;
  let node = -1;
  while (current >= 0) {
    node = kv.nodeFor(current);
    if (node >= 0) break;
    end = Math.min(end, streams.fork[current]! >> blockShift);
    current = streams.parent[current]!;
  }
  while (node >= 0 && nodes.writer[node]! < 0 && nodes.have[node]! <= end) {
    const keep = Math.max(nodes.pin[node]!, nodes.builtOn(node));
    if (keep < nodes.have[node]!) {
      const dropped = kv.lru.takeFrom(node, keep);
      nodes.have[node] = keep;
      kv.evictableBlocks -= dropped;
      kv.evictedBlocks += dropped;
      kv.freeBlocks += dropped;
    }
    const isEmpty = keep === nodes.start[node]!;
    if (!isEmpty || nodes.children[node]! > 0 || nodes.firstFork[node]! >= 0) return;
    end = keep;
    const parent = nodes.parent[node]!;
    kv.removeEmpty(node);
    node = parent;
  }
}
