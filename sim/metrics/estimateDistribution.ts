import type { Distribution } from './distribution.js';
import { type Estimate, estimateMean, estimateQuantile } from './estimate.js';

/**
 * What replications say of one measure: the mean first (quantile undefined), then the quantiles, each once and
 * in order. `pool` gives all samples together; it is asked for at most once, and only when needed.
 */
export function estimateDistribution(
  byReplication: readonly Distribution[],
  pool: () => Distribution,
  quantiles: readonly number[],
): [quantile: number | undefined, estimate: Estimate][] {
  const samples = byReplication.reduce((total, { count }) => total + count, 0);
  const means = byReplication.map(({ mean }) => mean);
  let pooled: Distribution | undefined;
  const poolOnce = () => {
    pooled ??= pool();
    return pooled;
  };
  const ordered = [...new Set(quantiles)].sort((a, b) => a - b);
  return [
    [undefined, estimateMean(means, samples)],
    ...ordered.map((q): [number, Estimate] => [q, estimateQuantile(byReplication, poolOnce, q)]),
  ];
}
