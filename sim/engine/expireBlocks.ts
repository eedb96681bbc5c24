import type { Extents } from './extents.js';
import type { KvMemory } from './kvMemory.js';

/** Drops the cached blocks that became unreferenced before `beforeMs`: their time to live is over. */
export function expireBlocks(kv: KvMemory, extents: Extents, beforeMs: number): void {
  let blocks = 0;
  let extent = kv.lru.oldest;
  while (extent >= 0 && extents.sinceMs[extent]! < beforeMs) {
    blocks += extents.high[extent]! - extents.low[extent]!;
    extent = extents.newer[extent]!;
  }
  if (blocks > 0) kv.drop(blocks);
}
