import { incompleteBeta } from './incompleteBeta.js';

/** Two ranks among ascending values, 0 for the smallest. */
export interface RankInterval {
  readonly lowRank: number;
  readonly highRank: number;
}

/**
 * The ranks between which the true q-quantile lies with at least this confidence, whatever the law:
 * how many of `count` independent values are below it is binomial. At most half of the doubt is on
 * either side. Undefined where so few values cannot bound it on both sides (under 368 for a p99).
 */
export function orderStatisticInterval(
  count: number,
  q: number,
  confidence = 0.95,
): RankInterval | undefined {
  const doubt = 0.5 * (1 - confidence);
  // The smallest k such that at most k values lie below the quantile with more than this probability.
  const smallestCount = (probability: number) => {
    let low = -1;
    let high = count;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (binomialAtMost(middle, count, q) > probability) high = middle;
      else low = middle;
    }
    return high;
  };
  const lowRank = smallestCount(doubt) - 1;
  const highRank = smallestCount(1 - doubt);
  return lowRank >= 0 && highRank < count ? { lowRank, highRank } : undefined;
}

/** P(at most k successes of n). */
function binomialAtMost(k: number, n: number, probability: number): number {
  if (k >= n) return 1;
  return incompleteBeta(n - k, k + 1, 1 - probability);
}
