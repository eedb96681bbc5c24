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
  private readonly replicas: readonly Replica[];
  /** Of each replica: when it was last told, and how many blocks had grown by then, over cached ones too. */
  private readonly toldMs: Float64Array;
  private readonly grownBlocks: Float64Array;
  private readonly grownOverCached: Float64Array;

  constructor(
    bins: { readonly timelineBinMs: number; readonly timelineBins: number },
    replicas: readonly Replica[],
    counters: EngineCounters,
    onLine: OnLine,
  ) {
    this.timeline = new TimelineRecorder(bins.timelineBinMs, bins.timelineBins, (endMs) =>
      this.endBin(endMs),
    );
    this.replicas = replicas;
    this.toldMs = new Float64Array(replicas.length);
    this.grownBlocks = new Float64Array(replicas.length);
    this.grownOverCached = new Float64Array(replicas.length);
    this.counters = counters;
    this.bookedFlops = 0;
    this.bookedBytes = 0;
    this.onLine = onLine;
    this.told = new Int32Array(replicas.length * levelCount);
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
  tell(timeMs: number, index: number, replica: Replica, loading: number): void {
    const { former, isIdle } = replica;
    const waiting = former.waiting.length + loading;
    this.timeline.advance(timeMs);
    this.change(index, Level.busyUnits, isIdle ? 0 : 1);
    this.change(index, Level.running, former.running.count);
    this.tellKv(timeMs, index, replica);
    const moreWaiting = this.change(index, Level.waiting, waiting);
    if (moreWaiting === 0) return;
    this.waiting += moreWaiting;
    this.onLine(index, waiting - moreWaiting, waiting);
  }

  /** Blocks that have grown since the replica was last told did so evenly. */
  private tellKv(timeMs: number, index: number, { former }: Replica): void {
    const { kv, grownBlocks, grownOverCached } = former;
    const cached = kv.evictableBlocks;
    const grown = grownBlocks - this.grownBlocks[index]!;
    if (grown > 0) {
      const halfMs = 0.5 * (timeMs - this.toldMs[index]!);
      const evicted = grownOverCached - this.grownOverCached[index]!;
      this.timeline.addLate(Level.usedKvBlocks, grown * halfMs);
      if (evicted > 0) this.timeline.addLate(Level.cachedKvBlocks, -evicted * halfMs);
      this.grownBlocks[index] = grownBlocks;
      this.grownOverCached[index] = grownOverCached;
    }
    this.toldMs[index] = timeMs;
    this.change(index, Level.usedKvBlocks, kv.totalBlocks - kv.freeBlocks - cached);
    this.change(index, Level.cachedKvBlocks, cached);
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

  /** What the replicas have done since the last time belongs to the bin that is open, of runs that go on as well. */
  private endBin(endMs: number): void {
    const { replicas } = this;
    for (let index = 0; index < replicas.length; index++) {
      const replica = replicas[index]!;
      if (replica.isIdle) continue;
      replica.observe(endMs);
      this.tellKv(endMs, index, replica);
    }
    let { flops, memoryBytes } = this.counters;
    for (const { isIdle, appliedForms, former } of replicas) {
      if (isIdle || appliedForms === 0) continue;
      const work = former.run.workOf(appliedForms);
      flops += work.flops;
      memoryBytes += work.memoryBytes;
    }
    this.timeline.addWork(flops - this.bookedFlops, memoryBytes - this.bookedBytes);
    this.bookedFlops = flops;
    this.bookedBytes = memoryBytes;
  }
}
