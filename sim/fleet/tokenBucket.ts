import type { TimeGrid } from '../kernel/timeGrid.js';

/**
 * A token bucket: it holds up to a burst, fills at a rate, and who enters takes what it costs. Who costs
 * more than a burst enters when the bucket is full, and leaves it in debt.
 *
 * Kept as the time at which the bucket would be full again: all times lie on the grid of the run, so no
 * level drifts, and an arrival at the very instant at which enough has come back enters.
 */
export class TokenBucket {
  private readonly grid: TimeGrid;
  private readonly ratePerMs: number;
  private readonly burstMs: number;
  private fullMs = Number.NEGATIVE_INFINITY;

  /** @param burst most that it holds, above 0, in the unit of the rate */
  constructor(grid: TimeGrid, ratePerMs: number, burst: number) {
    this.grid = grid;
    this.ratePerMs = ratePerMs;
    this.burstMs = grid.round(burst / ratePerMs);
  }

  /** Is there enough for this cost? */
  holds(cost: number, timeMs: number): boolean {
    const neededMs = Math.min(this.costMs(cost), this.burstMs);
    return Math.max(this.fullMs, timeMs) + neededMs - timeMs <= this.burstMs;
  }

  take(cost: number, timeMs: number): void {
    this.fullMs = Math.max(this.fullMs, timeMs) + this.costMs(cost);
  }

  private costMs(cost: number): number {
    return this.grid.round(cost / this.ratePerMs);
  }
}
