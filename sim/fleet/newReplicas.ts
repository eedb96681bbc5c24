import type { OnSequenceEnd } from '../engine/onSequenceEnd.js';
import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import { Replica } from '../engine/replica.js';
import type { SequenceTable } from '../engine/sequenceTable.js';
import type { LogHistogram } from '../statistics/logHistogram.js';
import type { EnginePoolOptions } from './enginePoolOptions.js';

/** The replicas of a pool, numbered from its first among all of the run. */
export function newReplicas(
  { replicas, firstReplica, engine, cost }: EnginePoolOptions,
  table: SequenceTable,
  store: PrefixCacheStore,
  itlMs: LogHistogram,
  onEnd: OnSequenceEnd,
): Replica[] {
  return Array.from(
    { length: replicas },
    (_, index) => new Replica(firstReplica + index, engine, cost, table, store, itlMs, onEnd),
  );
}
