/**
 * Levels of a pool as time averages, and its work as totals, over equal bins from 0 to the end of the run,
 * one value a bin. Levels count the whole pool, not one replica.
 */
export interface PoolTimeline {
  readonly binMs: number;
  readonly binCount: number;
  /** Replicas or servers at work. */
  readonly busyUnits: Float64Array;
  /** Sequences running (admitted) or requests in service. */
  readonly running: Float64Array;
  readonly waiting: Float64Array;
  /** KV blocks that running sequences reference; cached but unreferenced blocks apart. */
  readonly usedKvBlocks: Float64Array;
  readonly cachedKvBlocks: Float64Array;
  /** Total work of the bin per accelerator, summed over replicas, booked when a batch run ends: for MFU and MBU. */
  readonly flops: Float64Array;
  readonly memoryBytes: Float64Array;
}
