import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import type { Replica } from '../engine/replica.js';
import type { PrefixIndex } from './prefixIndex.js';

/**
 * The true state of the caches, as a router knows it whose engines report every block that they store or
 * evict. Climbs from the request's stream to the root of its context: one look at each holder of each stream.
 *
 * `replicas` are in order of their run-wide index; results count from the first of them.
 */
export function exactIndex(
  { streams, nodes }: PrefixCacheStore,
  replicas: readonly Replica[],
  blockTokens: number,
): PrefixIndex {
  const blockShift = 31 - Math.clz32(blockTokens);
  const first = replicas[0]!.index;
  return {
    find: (request, timeMs, blocksByReplica) => {
      blocksByReplica.fill(0);
      let end = request.promptTokens >> blockShift;
      for (let stream = request.stream; stream >= 0; stream = streams.parent[stream]!) {
        let node = streams.firstNode[stream]!;
        while (node >= 0) {
          const next = nodes.next[node]!;
          const index = nodes.replica[node]! - first;
          // Who holds more was found further down.
          if (index >= 0 && index < replicas.length && blocksByReplica[index] === 0) {
            const replica = replicas[index]!;
            replica.observe(timeMs);
            const { kv } = replica.former;
            // Catching up may have evicted the node.
            if (kv.nodeFor(stream) === node) {
              const blocks = Math.min(kv.haveOf(node), end);
              if (blocks > nodes.start[node]!) blocksByReplica[index] = blocks;
            }
          }
          node = next;
        }
        end = Math.min(end, streams.fork[stream]! >> blockShift);
      }
    },
    // The caches tell it.
    noteRouted: () => {},
  };
}
