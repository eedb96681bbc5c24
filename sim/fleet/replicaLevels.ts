import type { Replica } from '../engine/replica.js';
import type { PoolTimeline } from '../run/runResult.js';
import { Level, TimelineRecorder } from './timelineRecorder.js';

/** Levels of one replica as last told. */
interface ToldLevels {
  busy: number;
  running: number;
  waiting: number;
  used: number;
  cached: number;
}

/** Called when the line of a replica, by its index in the pool, has changed its length. */
type OnLine = (index: number, before: number, now: number) => void;

/** Passes on to the timeline of a pool how the levels of its replicas changed, and what work they did. */
export class ReplicaLevels {
  /** Requests of all replicas that wait for a slot, or for their KV. */
  waiting = 0;
  private readonly timeline: TimelineRecorder;
  private readonly replicas: readonly Replica[];
  private readonly told: readonly ToldLevels[];
  /** Operations and bytes of all replicas that are in bins of the timeline already. They begin as fractions: see `GridSum`. */
  private bookedFlops = Number.NaN;
  private bookedBytes = Number.NaN;
  private readonly onLine: OnLine;

  constructor(
    bins: { readonly timelineBinMs: number; readonly timelineBins: number },
    replicas: readonly Replica[],
    onLine: OnLine,
  ) {
    this.timeline = new TimelineRecorder(bins.timelineBinMs, bins.timelineBins, () =>
      this.bookWork(),
    );
    this.replicas = replicas;
    this.bookedFlops = 0;
    this.bookedBytes = 0;
    this.onLine = onLine;
    this.told = replicas.map(() => ({ busy: 0, running: 0, waiting: 0, used: 0, cached: 0 }));
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
    const { timeline } = this;
    const { kv } = former;
    const told = this.told[index]!;
    const busy = isIdle ? 0 : 1;
    const running = former.running.count;
    const cached = kv.evictableBlocks;
    const used = kv.totalBlocks - kv.freeBlocks - cached;
    const waiting = former.waiting.length + loading;
    const moreWaiting = waiting - told.waiting;
    timeline.advance(timeMs);
    timeline.change(Level.busyUnits, busy - told.busy);
    timeline.change(Level.running, running - told.running);
    timeline.change(Level.waiting, moreWaiting);
    timeline.change(Level.usedKvBlocks, used - told.used);
    timeline.change(Level.cachedKvBlocks, cached - told.cached);
    told.busy = busy;
    told.running = running;
    told.waiting = waiting;
    told.used = used;
    told.cached = cached;
    if (moreWaiting === 0) return;
    this.waiting += moreWaiting;
    this.onLine(index, waiting - moreWaiting, waiting);
  }

  /** The work since the last time belongs to the bin that is open. */
  private bookWork(): void {
    let flops = 0;
    let bytes = 0;
    for (const { former } of this.replicas) {
      flops += former.counters.flops;
      bytes += former.counters.memoryBytes;
    }
    this.timeline.addWork(flops - this.bookedFlops, bytes - this.bookedBytes);
    this.bookedFlops = flops;
    this.bookedBytes = bytes;
  }
}
