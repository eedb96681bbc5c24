import type { Replica } from '../engine/replica.js';
import { newReplicaCounters, type ReplicaCounters } from '../engine/replicaCounters.js';

/** What the replicas of a pool have done together. */
export function poolTotals(replicas: readonly Replica[]): {
  readonly counters: ReplicaCounters;
  readonly evictedBlocks: number;
} {
  const counters = newReplicaCounters();
  let evictedBlocks = 0;
  for (const { former } of replicas) {
    for (const key of Object.keys(counters) as (keyof ReplicaCounters)[])
      counters[key] += former.counters[key];
    evictedBlocks += former.kv.evictedBlocks;
  }
  return { counters, evictedBlocks };
}
