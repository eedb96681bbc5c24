import { fsum } from 'd3-array';
import type { LogHistogram } from '../statistics/logHistogram.js';
import { quantileSorted } from '../statistics/quantileSorted.js';

/** Many values of one measure, of which quantiles and the mean are asked. */
export interface Distribution {
  readonly count: number;
  /** NaN when empty, as every quantile. */
  readonly mean: number;
  /** 0 ≤ q ≤ 1, interpolated between neighbours. */
  quantile(q: number): number;
}

/** Exact: keeps every value. Sorts the array that it is given. NaN is not among the values. */
export function exactDistribution(values: Float64Array): Distribution {
  values.sort();
  return {
    count: values.length,
    // A sum that does not depend on the order of the rows.
    mean: values.length === 0 ? Number.NaN : fsum(values) / values.length,
    quantile: (q) => (values.length === 0 ? Number.NaN : quantileSorted(values, q)),
  };
}

/** From a histogram: quantiles within 0.8% of the value. */
export function histogramDistribution(histogram: LogHistogram): Distribution {
  return {
    count: histogram.count,
    mean: histogram.mean,
    quantile: (q) => histogram.quantile(q),
  };
}
