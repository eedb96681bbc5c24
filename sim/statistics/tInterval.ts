import { invariant } from '../kernel/invariant.js';
import { tQuantile } from './tQuantile.js';

/** A mean, and how far off it may be. */
export interface MeanInterval {
  readonly mean: number;
  /** The true mean lies within mean ± halfWidth with the asked confidence. NaN for a single value. */
  readonly halfWidth: number;
}

/**
 * Student's t-interval for the mean of independent values: one number per replication. Not for the
 * requests of one run, which are correlated: there it covers the truth in 18 of 100 cases, not in 95.
 */
export function tInterval(values: readonly number[], confidence = 0.95): MeanInterval {
  const n = values.length;
  invariant(n >= 1, 'an interval needs a value');
  const mean = meanOf(values);
  if (n === 1) return { mean, halfWidth: Number.NaN };
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const standardError = Math.sqrt(squares / (n - 1) / n);
  return { mean, halfWidth: tQuantile(0.5 + 0.5 * confidence, n - 1) * standardError };
}

function meanOf(values: readonly number[]): number {
  const first = values[0]!;
  // Differences from the first: equal values then have exactly their own mean, and no spread.
  return first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
}
