import type { Replica } from '../engine/replica.js';
import type { PoolTimeline } from '../run/runResult.js';
import { TimelineRecorder } from './timelineRecorder.js';

const toldColumns = 5;

/** Called when the line of a replica, by its index in the pool, has changed its length. */
type OnLine = (index: number, before: number, now: number) => void;

/** Passes on to the timeline of a pool how the levels of its replicas changed, and what work they did. */
export class ReplicaLevels {
  /** Requests of all replicas that wait for a slot, or for their KV. */
  waiting = 0;
  private readonly timeline: TimelineRecorder;
  private readonly replicas: readonly Replica[];
  /** Levels of each replica as last told, five a replica. */
  private readonly told: Int32Array;
  /** Operations and bytes of all replicas that are in bins of the timeline already. */
  private bookedFlops = 0;
  private bookedBytes = 0;
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
    this.onLine = onLine;
    this.told = new Int32Array(replicas.length * toldColumns);
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
    const told = this.told;
    const { kv } = former;
    const row = index * toldColumns;
    const busy = isIdle ? 0 : 1;
    const running = former.running.count;
    const waiting = former.waiting.length + loading;
    const cached = kv.evictableBlocks;
    const used = kv.totalBlocks - kv.freeBlocks - cached;
    const moreWaiting = waiting - told[row + 2]!;
    this.timeline.advance(timeMs);
    this.timeline.changeAll(
      busy - told[row]!,
      running - told[row + 1]!,
      moreWaiting,
      used - told[row + 3]!,
      cached - told[row + 4]!,
    );
    told[row] = busy;
    told[row + 1] = running;
    told[row + 2] = waiting;
    told[row + 3] = used;
    told[row + 4] = cached;
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
