import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import type { Replica } from '../engine/replica.js';
import { prefixHolders } from './prefixHolders.js';
import type { PrefixIndex } from './prefixIndex.js';

/**
 * The true state of the caches, as a router knows it whose engines report every block that they store or
 * evict, in HBM or in memory tiers of their own.
 */
export function exactIndex(
  store: PrefixCacheStore,
  replicas: readonly Replica[],
  blockTokens: number,
): PrefixIndex {
  const holders = prefixHolders(store, replicas, blockTokens);
  return {
    find: (request, timeMs, blocksByReplica) => {
      blocksByReplica.fill(0);
      holders(request, timeMs, true, (index, blocks) => {
        if (blocks > blocksByReplica[index]!) blocksByReplica[index] = blocks;
      });
    },
    // The caches tell it.
    noteRouted: () => {},
  };
}
