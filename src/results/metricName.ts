import { quantileName } from '../../sim/metrics/estimate.js';
import { metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { MetricKey } from './findMetric.js';

/** A number in words, as lines of tables name it: `people TTFT p95`. */
export function metricName({ metric, subject, quantile }: MetricKey): string {
  const { label } = metricDefinition(metric)!;
  const parts = [
    subject,
    label.replace('· ', 'queue time, '),
    quantile === undefined ? undefined : quantileName(quantile),
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}
