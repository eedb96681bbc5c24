import type { LogHistogram } from '../statistics/logHistogram.js';
import type { EngineCounters } from './engineCounters.js';
import type { PrefixCacheStore } from './prefixCacheStore.js';
import type { SequenceTable } from './sequenceTable.js';

/** What all replicas of a pool write to: one copy stays in the processor's caches, where a thousand would not. */
export interface SharedState {
  /** Their requests, one row each. */
  readonly table: SequenceTable;
  readonly store: PrefixCacheStore;
  readonly counters: EngineCounters;
  /** Gaps between output tokens. */
  readonly itlMs: LogHistogram;
}
