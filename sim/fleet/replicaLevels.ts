import type { Replica } from '../engine/replica.js';
import type { PoolTimeline } from '../run/runResult.js';
import { Level, type TimelineRecorder } from './timelineRecorder.js';

const toldColumns = 5;

/** Called when the line of a replica, by its index in the pool, has changed its length. */
type OnLine = (index: number, before: number, now: number) => void;

/** Passes on to the timeline of a pool how the levels of its replicas changed. */
export class ReplicaLevels {
  /** Requests of all replicas that wait for a slot, or for their KV. */
  waiting = 0;
  readonly #timeline: TimelineRecorder;
  /** Levels of each replica as last told, five a replica. */
  readonly #told: Int32Array;
  /** Operations and bytes of each replica as last told. */
  readonly #toldWork: Float64Array;

  readonly #onLine: OnLine;

  constructor(timeline: TimelineRecorder, replicas: number, onLine: OnLine) {
    this.#timeline = timeline;
    this.#onLine = onLine;
    this.#told = new Int32Array(replicas * toldColumns);
    this.#toldWork = new Float64Array(2 * replicas);
  }

  finish(timeMs: number): PoolTimeline {
    this.#timeline.advance(timeMs);
    return this.#timeline.finish();
  }

  /** The levels of a replica, by its index in the pool, may have changed; `loading` of its requests wait for KV. */
  tell(timeMs: number, index: number, { former, isIdle }: Replica, loading: number): void {
    const timeline = this.#timeline;
    const told = this.#told;
    const { kv, counters } = former;
    const row = index * toldColumns;
    timeline.advance(timeMs);
    const busy = isIdle ? 0 : 1;
    const running = former.running.count;
    const waiting = former.waiting.length + loading;
    const used = kv.totalBlocks - kv.availableBlocks;
    const cached = kv.evictableBlocks;
    const moreBusy = busy - told[row]!;
    const moreRunning = running - told[row + 1]!;
    const moreWaiting = waiting - told[row + 2]!;
    const moreUsed = used - told[row + 3]!;
    const moreCached = cached - told[row + 4]!;
    if (moreBusy !== 0) {
      told[row] = busy;
      timeline.change(Level.busyUnits, moreBusy);
    }
    if (moreRunning !== 0) {
      told[row + 1] = running;
      timeline.change(Level.running, moreRunning);
    }
    if (moreWaiting !== 0) {
      told[row + 2] = waiting;
      timeline.change(Level.waiting, moreWaiting);
      this.waiting += moreWaiting;
      this.#onLine(index, waiting - moreWaiting, waiting);
    }
    if (moreUsed !== 0) {
      told[row + 3] = used;
      timeline.change(Level.usedKvBlocks, moreUsed);
    }
    if (moreCached !== 0) {
      told[row + 4] = cached;
      timeline.change(Level.cachedKvBlocks, moreCached);
    }
    const toldWork = this.#toldWork;
    const workRow = 2 * index;
    const { flops, memoryBytes } = counters;
    if (flops === toldWork[workRow]) return;
    timeline.addWork(flops - toldWork[workRow]!, memoryBytes - toldWork[workRow + 1]!);
    toldWork[workRow] = flops;
    toldWork[workRow + 1] = memoryBytes;
  }
}
