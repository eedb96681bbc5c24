import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import type { Replica } from '../engine/replica.js';
import { replicaOfStore } from '../engine/tierStore.js';
import type { RoutedRequest } from './router.js';

/** Called for a replica, by its index in the pool, and how many blocks from the start of a prompt it holds. */
export type OnHolder = (index: number, blocks: number) => void;

/** Tells who holds what of the prompt of a request; false ends it after the streams that any replica holds part of. */
export type PrefixHolders = (
  request: RoutedRequest,
  timeMs: number,
  toTheRoot: boolean,
  onHolder: OnHolder,
) => void;

/**
 * Climbs from a request's stream to the root of its context. The nodes of a stream are linked over replicas, so
 * this is one look at each holder of each stream, and whoever is found further down holds more. What lies in
 * memory tiers that only one replica uses counts as held by it.
 *
 * `replicas` are in order of their run-wide index; results count from the first of them.
 */
export function prefixHolders(
  { streams, nodes }: PrefixCacheStore,
  replicas: readonly Replica[],
  blockTokens: number,
): PrefixHolders {
  const blockShift = 31 - Math.clz32(blockTokens);
  const first = replicas[0]!.index;
  return (request, timeMs, toTheRoot, onHolder) => {
    let end = request.promptTokens >> blockShift;
    let isFound = false;
    for (let stream = request.stream; stream >= 0; stream = streams.parent[stream]!) {
      let node = streams.firstNode[stream]!;
      while (node >= 0) {
        const next = nodes.next[node]!;
        const owner = nodes.replica[node]!;
        const isStored = owner < 0;
        const index = (isStored ? replicaOfStore(owner) : owner) - first;
        if (index >= 0 && index < replicas.length) {
          const have = isStored
            ? nodes.have[node]!
            : haveAt(replicas[index]!, stream, node, timeMs);
          const blocks = have < end ? have : end;
          // Less is of a stream further up.
          if (blocks > nodes.start[node]!) {
            isFound = true;
            onHolder(index, blocks);
          }
        }
        node = next;
      }
      if (isFound && !toTheRoot) return;
      end = Math.min(end, streams.fork[stream]! >> blockShift);
    }
  };
}

/** End of the blocks of a node that its replica has at `timeMs`; 0: catching up has evicted the node. */
function haveAt(replica: Replica, stream: number, node: number, timeMs: number): number {
  replica.observe(timeMs);
  const { kv } = replica.former;
  return kv.nodeFor(stream) === node ? kv.haveOf(node) : 0;
}
