import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import type { Replica } from '../engine/replica.js';
import { replicaOfStore } from '../engine/tierStore.js';
import type { LoadTree } from './loadTree.js';
import type { RouterView } from './router.js';

/**
 * Finds the replica of a pool that holds the longest prefix of a prompt. The nodes of a stream are linked
 * over replicas, so this climbs from the request's stream to the first one that any replica holds: one to
 * three nodes as a rule, instead of one look-up per replica.
 *
 * What lies in memory tiers that only one replica uses counts as held by it.
 *
 * `replicas` are in order of their run-wide index; loads count from the first of them.
 */
export function bestCachedReplica(
  store: PrefixCacheStore,
  replicas: readonly Replica[],
  requests: LoadTree,
  blockTokens: number,
): RouterView['bestCached'] {
  const { streams, nodes } = store;
  const blockShift = 31 - Math.clz32(blockTokens);
  const first = replicas[0]!.index;
  return (request, timeMs, slack) => {
    let end = request.promptTokens >> blockShift;
    let best = -1;
    let bestBlocks = 0;
    for (let stream = request.stream; stream >= 0 && best < 0; stream = streams.parent[stream]!) {
      let node = streams.firstNode[stream]!;
      while (node >= 0) {
        const next = nodes.next[node]!;
        const owner = nodes.replica[node]!;
        const isStored = owner < 0;
        const candidate = (isStored ? replicaOfStore(owner) : owner) - first;
        if (candidate >= 0 && candidate < replicas.length) {
          const blocks = isStored
            ? storedBlocks(node, end)
            : presentBlocks(replicas[candidate]!, stream, node, end, timeMs);
          const isBetter =
            blocks > bestBlocks ||
            (blocks > 0 && blocks === bestBlocks && isLessLoaded(requests, candidate, best));
          if (isBetter) {
            best = candidate;
            bestBlocks = blocks;
          }
        }
        node = next;
      }
      end = Math.min(end, streams.fork[stream]! >> blockShift);
    }
    if (best < 0) return -1;
    return requests.loadOf(best) <= requests.loadOf(requests.least) + slack ? best : -1;
  };

  /** Blocks before `end` in a store of a memory tier; 0 when none of them are the node's own. */
  function storedBlocks(node: number, end: number): number {
    const blocks = Math.min(nodes.have[node]!, end);
    return blocks > nodes.start[node]! ? blocks : 0;
  }

  /** Blocks before `end` that a node's replica holds at `timeMs`; 0 when none of them are the node's own. */
  function presentBlocks(
    replica: Replica,
    stream: number,
    node: number,
    end: number,
    timeMs: number,
  ): number {
    replica.observe(timeMs);
    const { kv } = replica.former;
    // Catching up may have evicted the node.
    if (kv.nodeFor(stream) !== node) return 0;
    const blocks = Math.min(kv.haveOf(node), end);
    return blocks > nodes.start[node]! ? blocks : 0;
  }
}

function isLessLoaded(requests: LoadTree, a: number, b: number): boolean {
  const loadA = requests.loadOf(a);
  const loadB = requests.loadOf(b);
  return loadA < loadB || (loadA === loadB && a < b);
}
