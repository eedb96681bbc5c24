import { metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { Budget } from '../config/loadedExperiment.js';
import { formatQuantity } from '../format/formatQuantity.js';
import { metricName } from './metricName.js';

/** A budget in words: `chat TTFT p95 ≤ 1.50 s`. */
export function budgetText({ metric, quantile, population, pool, min, max }: Budget): string {
  const { unit } = metricDefinition(metric)!;
  const bounds = [
    ...(min === undefined ? [] : [`≥ ${formatQuantity(min, unit)}`]),
    ...(max === undefined ? [] : [`≤ ${formatQuantity(max, unit)}`]),
  ];
  return `${metricName({ metric, quantile, subject: population ?? pool })} ${bounds.join(' and ')}`;
}
