import type { Replica } from '../engine/replica.js';
import type { PoolTimeline } from '../run/runResult.js';
import { Level, TimelineRecorder } from './timelineRecorder.js';

const toldColumns = 5;

/** The levels of a pool's replicas over time: what each was last seen at, and the timeline that adds them up. */
export class ReplicaLevels {
  /** Requests that wait for a slot, over all replicas. */
  waiting = 0;
  readonly #timeline: TimelineRecorder;
  /** Levels of each replica as last told to the timeline, five a replica. */
  readonly #told: Int32Array;
  /** Operations and bytes of each replica as last told. */
  readonly #toldWork: Float64Array;

  constructor(replicas: number, binMs: number, expectedBins: number) {
    this.#told = new Int32Array(replicas * toldColumns);
    this.#toldWork = new Float64Array(2 * replicas);
    this.#timeline = new TimelineRecorder(binMs, expectedBins);
  }

  /** Notes how the levels of a replica changed. */
  note(index: number, { former, isIdle }: Replica, timeMs: number): void {
    const timeline = this.#timeline;
    const told = this.#told;
    const { kv, counters } = former;
    const row = index * toldColumns;
    timeline.advance(timeMs);
    const busy = isIdle ? 0 : 1;
    const running = former.running.count;
    const waiting = former.waiting.length;
    const used = kv.totalBlocks - kv.availableBlocks;
    const cached = kv.evictableBlocks;
    if (busy !== told[row]) timeline.change(Level.busyUnits, busy - told[row]!);
    if (running !== told[row + 1]) timeline.change(Level.running, running - told[row + 1]!);
    if (waiting !== told[row + 2]) {
      timeline.change(Level.waiting, waiting - told[row + 2]!);
      this.waiting += waiting - told[row + 2]!;
    }
    if (used !== told[row + 3]) timeline.change(Level.usedKvBlocks, used - told[row + 3]!);
    if (cached !== told[row + 4]) timeline.change(Level.cachedKvBlocks, cached - told[row + 4]!);
    told[row] = busy;
    told[row + 1] = running;
    told[row + 2] = waiting;
    told[row + 3] = used;
    told[row + 4] = cached;
    const workRow = 2 * index;
    timeline.addWork(
      counters.flops - this.#toldWork[workRow]!,
      counters.memoryBytes - this.#toldWork[workRow + 1]!,
    );
    this.#toldWork[workRow] = counters.flops;
    this.#toldWork[workRow + 1] = counters.memoryBytes;
  }

  /** Time averages up to `timeMs`. */
  finish(timeMs: number): PoolTimeline {
    this.#timeline.advance(timeMs);
    return this.#timeline.finish();
  }
}
