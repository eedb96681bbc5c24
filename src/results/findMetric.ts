import type { MetricValue } from '../../sim/metrics/summary.js';

/** What a number is about. */
export type MetricKey = Pick<MetricValue, 'metric' | 'subject' | 'quantile'>;

/** The value of this metric among others. */
export function findMetric(
  metrics: readonly MetricValue[],
  { metric, subject, quantile }: MetricKey,
): MetricValue | undefined {
  return metrics.find(
    (each) => each.metric === metric && each.subject === subject && each.quantile === quantile,
  );
}
