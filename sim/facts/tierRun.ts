import type { PoolTimeline } from './poolTimeline.js';

/** What one memory tier of a pool did, over its stores and the whole run. */
export interface TierRun {
  readonly name: string;
  readonly stores: number;
  readonly capacityBlocks: number;
  readonly evictedBlocks: number;
  /** Prompt tokens brought from it instead of being computed. */
  readonly loadedTokens: number;
  /** Of the loads that have ended. */
  readonly loadedBytes: number;
  readonly writtenBytes: number;
  /** Time during which each direction of its links was in use, summed over stores. */
  readonly readBusyMs: number;
  readonly writeBusyMs: number;
  /** `usedKvBlocks`: blocks that it holds. */
  readonly timeline: PoolTimeline;
}
