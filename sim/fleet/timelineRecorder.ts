import type { PoolTimeline } from '../facts/poolTimeline.js';
import { grown } from '../kernel/grown.js';

/** The levels of a pool that are averaged over time. */
export const enum Level {
  busyUnits = 0,
  running = 1,
  waiting = 2,
  usedKvBlocks = 3,
  cachedKvBlocks = 4,
}
export const levelCount = 5;
/** Even. */
const mostBins = 16384;

/**
 * Integrates the levels of one pool into equal time bins. A level is constant between the events that
 * change it; what grew in the meantime is told with the time that it was there.
 *
 * When a run drains for so long that there are 16,384 bins, each two become one: memory stays bounded, and
 * pools that end together still have the same bins.
 */
export class TimelineRecorder {
  private binMs: number;
  private readonly levels = new Float64Array(levelCount);
  /** Level·ms per bin. */
  private readonly integrals: Float64Array[];
  private flops: Float64Array;
  private memoryBytes: Float64Array;
  /** Per level: Σ change · time since the start of the bin, what its end value overstates. */
  private readonly missed = new Float64Array(levelCount);
  private lastMs = 0;
  /** Since the start of the bin. */
  private sinceMs = 0;
  private bin = 0;
  /** Begins as a fraction: see `GridSum`. */
  private binStartMs = Number.NaN;
  private binEndMs: number;
  private readonly onBinEnd: ((endMs: number) => void) | undefined;

  /** @param onBinEnd called when a bin ends, before it is closed: for levels and work that are not told as they change */
  constructor(binMs: number, expectedBins: number, onBinEnd?: (endMs: number) => void) {
    this.onBinEnd = onBinEnd;
    this.binStartMs = 0;
    this.binMs = binMs;
    this.binEndMs = binMs;
    const capacity = Math.max(1, expectedBins);
    this.integrals = Array.from({ length: levelCount }, () => new Float64Array(capacity));
    this.flops = new Float64Array(capacity);
    this.memoryBytes = new Float64Array(capacity);
  }

  /** Moves on to `timeMs`; call before changing a level. */
  advance(timeMs: number): void {
    // Before time 0 the world is only warmed up.
    if (timeMs <= this.lastMs) return;
    while (timeMs > this.binEndMs) this.closeBin();
    this.lastMs = timeMs;
    this.sinceMs = timeMs - this.binStartMs;
  }

  /** A level changes now: over time it is its end value less what it gained late. */
  change(level: Level, change: number): void {
    this.levels[level]! += change;
    this.missed[level]! += change * this.sinceMs;
  }

  /** A level was higher for a while than was told: by so much, times its time. */
  addLate(level: Level, levelMs: number): void {
    this.missed[level]! -= levelMs;
  }

  /** Work that was done in the open bin. */
  addWork(flops: number, memoryBytes: number): void {
    this.flops[this.bin]! += flops;
    this.memoryBytes[this.bin]! += memoryBytes;
  }

  /** Time averages up to the last `advance`. */
  finish(): PoolTimeline {
    this.onBinEnd?.(this.lastMs);
    const binCount = this.bin + 1;
    const lastBinMs = this.sinceMs;
    this.integrateTo(lastBinMs);
    const averages = this.integrals.map((integral) =>
      integral.slice(0, binCount).map((sum, bin) => {
        const widthMs = bin < this.bin ? this.binMs : lastBinMs;
        return widthMs > 0 ? sum / widthMs : 0;
      }),
    );
    return {
      binMs: this.binMs,
      binCount,
      busyUnits: averages[Level.busyUnits]!,
      running: averages[Level.running]!,
      waiting: averages[Level.waiting]!,
      usedKvBlocks: averages[Level.usedKvBlocks]!,
      cachedKvBlocks: averages[Level.cachedKvBlocks]!,
      flops: this.flops.slice(0, binCount),
      memoryBytes: this.memoryBytes.slice(0, binCount),
    };
  }

  /** Level·ms of the bin that is open, `sinceStartMs` into it. */
  private integrateTo(sinceStartMs: number): void {
    for (let level = 0; level < levelCount; level++) {
      const sum = this.levels[level]! * sinceStartMs - this.missed[level]!;
      // The difference of two equal sums may be a little below 0.
      this.integrals[level]![this.bin] = Math.max(0, sum);
    }
  }

  private closeBin(): void {
    this.lastMs = this.binEndMs;
    this.sinceMs = this.binMs;
    this.onBinEnd?.(this.binEndMs);
    this.integrateTo(this.binMs);
    this.missed.fill(0);
    this.bin++;
    if (this.bin === mostBins) this.joinBins();
    this.binStartMs = this.bin * this.binMs;
    this.lastMs = this.binStartMs;
    this.sinceMs = 0;
    this.binEndMs = this.binStartMs + this.binMs;
    if (this.bin < this.flops.length) return;
    const capacity = 2 * this.flops.length;
    for (let level = 0; level < levelCount; level++) {
      this.integrals[level] = grown(this.integrals[level]!, capacity);
    }
    this.flops = grown(this.flops, capacity);
    this.memoryBytes = grown(this.memoryBytes, capacity);
  }

  private joinBins(): void {
    this.binMs *= 2;
    this.bin = mostBins / 2;
    for (const column of [...this.integrals, this.flops, this.memoryBytes]) {
      for (let i = 0; i < this.bin; i++) column[i] = column[2 * i]! + column[2 * i + 1]!;
      column.fill(0, this.bin);
    }
  }
}
