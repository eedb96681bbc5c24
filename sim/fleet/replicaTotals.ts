import type { Replica } from '../engine/replica.js';
import { newReplicaCounters, type ReplicaCounters } from '../engine/replicaCounters.js';

/** What all replicas of a pool have counted, and the cached blocks that they evicted. */
export function replicaTotals(
  replicas: readonly Replica[],
): ReplicaCounters & { evictedBlocks: number } {
  const total = newReplicaCounters();
  let evictedBlocks = 0;
  for (const { former } of replicas) {
    for (const key of Object.keys(total) as (keyof ReplicaCounters)[]) {
      total[key] += former.counters[key];
    }
    evictedBlocks += former.kv.evictedBlocks;
  }
  return { ...total, evictedBlocks };
}
