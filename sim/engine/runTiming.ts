import type { LogHistogram } from '../statistics/logHistogram.js';

/** A crossover behind the end of any run: a small whole number, which a field holds without a box. */
const never = 0x7fffffff;
/** Of runs with a closed form. */
const notListed = new Float64Array(0);

/**
 * Durations of a run: consecutive iterations of one replica with the same rows. Iteration j (from 0)
 * takes `durationMs(j)`; `sumMs(k)` is the time of the first k.
 *
 * An affine run has a closed form: the device time grows by a constant per iteration, and the host time
 * that it hides behind is constant, so there is at most one crossover. Any other run is filled in
 * iteration by iteration. All terms lie on the time grid, so both give the same bits.
 */
export class RunTiming {
  /** A non-affine run holds at most this many iterations. */
  static readonly maxListed = 256;
  private beforeMs = 0;
  private afterMs = 0;
  private growthMs = 0;
  /** First iteration at which the device is slower than the host. */
  private crossover = 0;
  private isListed = false;
  private listedSumMs: Float64Array = notListed;

  /** Iteration j takes max(hostMs, deviceMs + j·growthMs) + syncMs: the host works behind the device. */
  setOverlapped(hostMs: number, deviceMs: number, growthMs: number, syncMs: number): void {
    this.isListed = false;
    this.beforeMs = hostMs + syncMs;
    this.afterMs = deviceMs + syncMs;
    this.growthMs = growthMs;
    if (deviceMs > hostMs) this.crossover = 0;
    else if (growthMs <= 0) this.crossover = never;
    else {
      let first = Math.floor((hostMs - deviceMs) / growthMs);
      // The division may be off by one; the grid values decide.
      while (deviceMs + first * growthMs > hostMs) first--;
      while (deviceMs + first * growthMs <= hostMs) first++;
      this.crossover = Math.min(first, never);
    }
  }

  /** Iteration j takes totalMs + j·growthMs. */
  setSequential(totalMs: number, growthMs: number): void {
    this.isListed = false;
    this.afterMs = totalMs;
    this.growthMs = growthMs;
    this.crossover = 0;
  }

  /** Begins a run whose iterations are appended one by one. */
  startList(): void {
    this.isListed = true;
    if (this.listedSumMs !== notListed) return;
    this.listedSumMs = new Float64Array(RunTiming.maxListed + 1);
  }

  /** Sets the duration of iteration `index` of a listed run, in order. */
  list(index: number, durationMs: number): void {
    this.listedSumMs[index + 1] = this.listedSumMs[index]! + durationMs;
  }

  durationMs(index: number): number {
    if (this.isListed) return this.listedSumMs[index + 1]! - this.listedSumMs[index]!;
    return index < this.crossover ? this.beforeMs : this.afterMs + index * this.growthMs;
  }

  sumMs(count: number): number {
    if (this.isListed) return this.listedSumMs[count]!;
    const crossover = this.crossover;
    if (count <= crossover) return count * this.beforeMs;
    if (crossover === 0) {
      return count * this.afterMs + this.growthMs * ((count * (count - 1)) / 2);
    }
    const growthSteps = (count * (count - 1)) / 2 - (crossover * (crossover - 1)) / 2;
    return (
      crossover * this.beforeMs + (count - crossover) * this.afterMs + this.growthMs * growthSteps
    );
  }

  /** Adds the durations of the first `count` iterations to a histogram, each `weight` times. */
  recordDurations(histogram: LogHistogram, count: number, weight: number): void {
    if (this.isListed) {
      for (let j = 0; j < count; j++) histogram.add(this.durationMs(j), weight);
      return;
    }
    const before = Math.min(count, this.crossover);
    if (before > 0) histogram.add(this.beforeMs, before * weight);
    if (count > before) {
      histogram.addAffine(this.durationMs(before), this.growthMs, count - before, weight);
    }
  }

  /** The smallest count in [low, high] with sumMs(count) ≥ elapsedMs, or `high` when there is none. */
  countReaching(elapsedMs: number, low: number, high: number): number {
    let from = low;
    let to = high;
    if (!this.isListed && high > low) {
      // Iterations only get longer, so the shortest and the longest bound their number; one more for rounding.
      const least = Math.floor(elapsedMs / this.durationMs(high - 1));
      const most = Math.ceil(elapsedMs / this.durationMs(0)) + 1;
      if (least - 1 > from) from = Math.min(least - 1, high);
      if (most < to) to = Math.max(most, from);
    }
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.sumMs(middle) >= elapsedMs) to = middle;
      else from = middle + 1;
    }
    return from;
  }
}
