/**
 * The grid on which all simulated times lie: multiples of a power of two of a millisecond.
 *
 * Sums and differences of grid times are exact in float64 up to `maxMs`. So two engines that add the
 * same iterations in another order, or cut a jump at another place, still agree to the last bit, and
 * replicas with equal work stay tied.
 */
export interface TimeGrid {
  /** Its step. For tests. */
  readonly quantumMs: number;
  /** Times below this bound add exactly. A run that reaches it stops with a named outcome. */
  readonly maxMs: number;
  /** Nearest grid time. Applied once to whatever enters the simulated world: arrivals, gaps, costs. */
  round(timeMs: number): number;
}

const exponents = [27, 24, 20] as const;

/**
 * The finest grid that a run of this length can use: 2^-27 ms (7.5 ps) to 14 hours, 2^-24 ms to
 * 4.6 days, 2^-20 ms (1 ns) to 74 days. A quarter of the range is kept for work that ends after the horizon.
 */
export function timeGridFor(horizonMs: number): TimeGrid | undefined {
  for (const exponent of exponents) {
    const grid = powerOfTwoGrid(exponent);
    if (horizonMs <= 0.75 * grid.maxMs) return grid;
  }
  return undefined;
}

/** The grid of multiples of 2^-exponent ms. */
export function powerOfTwoGrid(exponent: number): TimeGrid {
  let steps = 1;
  for (let i = 0; i < exponent; i++) steps *= 2;
  const quantumMs = 1 / steps;
  return {
    quantumMs,
    maxMs: Number.MAX_SAFE_INTEGER * quantumMs,
    round: (timeMs) => Math.round(timeMs * steps) * quantumMs,
  };
}
