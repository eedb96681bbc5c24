/** A time in ms rounded to a nanosecond: the grid of simulated time has digits that nobody reads. */
export function toNanosecond(ms: number): number {
  return Math.round(ms * 1e6) / 1e6;
}
