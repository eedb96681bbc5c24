import type { EngineCounters } from '../engine/engineCounters.js';
import type { Replica } from '../engine/replica.js';
import type { PoolTimeline } from '../facts/poolTimeline.js';
import { Level, levelCount, TimelineRecorder } from './timelineRecorder.js';

/** Called when the line of a replica, by its index in the pool, has changed its length. */
type OnLine = (index: number, before: number, now: number) => void;

/** Passes on to the timeline of a pool how the levels of its replicas changed, and what work they did. */
export class ReplicaLevels {
  /** Requests of all replicas that wait for a slot, or for their KV. */
  waiting = 0;
  private readonly timeline: TimelineRecorder;
  private readonly counters: EngineCounters;
  /** The levels of each replica as last told. */
  private readonly told: Int32Array;
  /** Operations and bytes of all replicas that are in bins of the timeline already. They begin as fractions: see `GridSum`. */
  private bookedFlops = Number.NaN;
  private bookedBytes = Number.NaN;
  private readonly onLine: OnLine;

  constructor(
    bins: { readonly timelineBinMs: number; readonly timelineBins: number },
    replicas: number,
    counters: EngineCounters,
    onLine: OnLine,
  ) {
    this.timeline = new TimelineRecorder(bins.timelineBinMs, bins.timelineBins, () =>
      this.bookWork(),
    );
    this.counters = counters;
    this.bookedFlops = 0;
    this.bookedBytes = 0;
    this.onLine = onLine;
    this.told = new Int32Array(replicas * levelCount);
  }

  finish(timeMs: number): PoolTimeline {
    this.timeline.advance(timeMs);
    return this.timeline.finish();
  }

  /** Moves on to `timeMs`; call before a replica counts work that ends then. */
  advance(timeMs: number): void {
    this.timeline.advance(timeMs);
  }

  /** The levels of a replica, by its index in the pool, may have changed; `loading` of its requests wait for KV. */
  tell(timeMs: number, index: number, { former, isIdle }: Replica, loading: number): void {
    const { kv } = former;
    const cached = kv.evictableBlocks;
    const waiting = former.waiting.length + loading;
    this.timeline.advance(timeMs);
    this.change(index, Level.busyUnits, isIdle ? 0 : 1);
    this.change(index, Level.running, former.running.count);
    this.change(index, Level.usedKvBlocks, kv.totalBlocks - kv.freeBlocks - cached);
    this.change(index, Level.cachedKvBlocks, cached);
    const moreWaiting = this.change(index, Level.waiting, waiting);
    if (moreWaiting === 0) return;
    this.waiting += moreWaiting;
    this.onLine(index, waiting - moreWaiting, waiting);
  }

  /** Returns by how much the level of a replica has risen since it was last told. */
  private change(index: number, level: Level, now: number): number {
    const at = index * levelCount + level;
    const rise = now - this.told[at]!;
    if (rise === 0) return 0;
    this.told[at] = now;
    this.timeline.change(level, rise);
    return rise;
  }

  /** The work since the last time belongs to the bin that is open. */
  private bookWork(): void {
    const { flops, memoryBytes } = this.counters;
    this.timeline.addWork(flops - this.bookedFlops, memoryBytes - this.bookedBytes);
    this.bookedFlops = flops;
    this.bookedBytes = memoryBytes;
  }
}
