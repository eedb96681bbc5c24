import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import type { Replica } from '../engine/replica.js';
import type { LoadTree } from './loadTree.js';
import { prefixHolders } from './prefixHolders.js';
import type { RouterView } from './router.js';

/**
 * Finds the replica of a pool that holds the longest prefix of a prompt: the first streams up from the
 * request's own that any replica holds part of are one to three nodes as a rule, instead of one look-up per
 * replica. Loads count from the first of the replicas.
 */
export function bestCachedReplica(
  store: PrefixCacheStore,
  replicas: readonly Replica[],
  requests: LoadTree,
  blockTokens: number,
): RouterView['bestCached'] {
  const holders = prefixHolders(store, replicas, blockTokens);
  let best = -1;
  let bestBlocks = 0;
  const compare = (candidate: number, blocks: number) => {
    const isBetter =
      blocks > bestBlocks || (blocks === bestBlocks && isLessLoaded(requests, candidate, best));
    if (!isBetter) return;
    best = candidate;
    bestBlocks = blocks;
  };
  return (request, timeMs, slack) => {
    best = -1;
    bestBlocks = 0;
    holders(request, timeMs, false, compare);
    if (best < 0) return -1;
    return requests.loadOf(best) <= requests.loadOf(requests.least) + slack ? best : -1;
  };
}

function isLessLoaded(requests: LoadTree, a: number, b: number): boolean {
  const loadA = requests.loadOf(a);
  const loadB = requests.loadOf(b);
  return loadA < loadB || (loadA === loadB && a < b);
}
