/**
 * Samples needed before a verdict on the q-quantile means anything: ten are to lie above it. 1,000 for a
 * p99. Infinity for q = 1: the largest value ever never settles.
 */
export function samplesNeeded(q: number): number {
  // 1 − 0.99 is a little more than 0.01: without the allowance a p99 would need 1,001.
  return Math.ceil(10 / (1 - q) - 1e-6);
}
