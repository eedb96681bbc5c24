import { invariant } from '../kernel/invariant.js';
import { portablePower } from '../kernel/portablePower.js';
import type { LawKind } from './law.js';

/** A law with countably many values, in rising order, each with the probability of it or a smaller one. */
export interface DiscreteLaw {
  readonly values: Float64Array;
  /** Rises to exactly 1. */
  readonly cumulative: Float64Array;
}

/** Ranks 1 … count of a Zipf law. */
export function zipfLaw(law: Extract<LawKind, { kind: 'zipf' }>): DiscreteLaw {
  invariant(law.count >= 1, `a zipf law needs at least one rank, not ${law.count}`);
  const values = Float64Array.from({ length: law.count }, (_, i) => i + 1);
  return {
    values,
    cumulative: cumulated(values.map((rank) => portablePower(rank, -law.exponent))),
  };
}

/** The observed values, sorted, with their weights (1 each unless given). */
export function empiricalLaw(law: Extract<LawKind, { kind: 'empirical' }>): DiscreteLaw {
  const { values, weights } = law;
  invariant(values.length >= 1, 'an empirical law needs at least one value');
  invariant(
    !weights || weights.length === values.length,
    'an empirical law needs a weight per value',
  );
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  return {
    values: Float64Array.from(order, (i) => values[i]!),
    cumulative: cumulated(Float64Array.from(order, (i) => weights?.[i] ?? 1)),
  };
}

/** Weights as the shares of their sum, summed up from the first. */
export function cumulated(weights: Float64Array): Float64Array {
  let total = 0;
  const sums = weights.map((weight) => {
    invariant(weight >= 0, `a weight must not be negative: ${weight}`);
    total += weight;
    return total;
  });
  invariant(
    total > 0 && total < Number.POSITIVE_INFINITY,
    `weights must have a positive sum: ${total}`,
  );
  // Rounding must not leave a gap between the last share and 1: every draw finds a value.
  return sums.map((sum) => (sum === total ? 1 : sum / total));
}

/** Index of the part that a uniform number falls to: the first whose cumulative share is above it. */
export function partAt(cumulative: Float64Array, uniform: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cumulative[middle]! > uniform) high = middle;
    else low = middle + 1;
  }
  return low;
}
