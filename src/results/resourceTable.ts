import { type MetricId, metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { Summary } from '../../sim/metrics/summary.js';
import { findMetric } from './findMetric.js';
import { layoutTable } from './layoutTable.js';
import { metricCell } from './metricCell.js';
import type { Paints } from './paints.js';

const columns: readonly MetricId[] = [
  'utilisation',
  'waiting',
  'jobQueueTime',
  'jobsRejected',
  'jobsAbandoned',
  'coldStartShare',
  'usdPerHour',
];

/** Lines about the resources beside the engines: a row each, as there may be many. A column that nobody has is left out. */
export function resourceTable(
  summary: Summary,
  resources: readonly string[],
  paint: Paints,
  maxWidth: number,
): string[] {
  const find = (metric: MetricId, subject: string) =>
    findMetric(summary.metrics, { metric, subject, quantile: undefined });
  const shown = columns.filter((metric) => resources.some((name) => find(metric, name)));
  const heads = shown.map((metric) => ({
    text: metricDefinition(metric)!.label,
    paint: paint.dim,
  }));
  const rows = resources.map((name) => ({
    cells: [
      { text: name, paint: paint.bold },
      ...shown.map((metric) => metricCell(find(metric, name))),
    ],
  }));
  const head = { cells: [{ text: 'resources', paint: paint.dim }, ...heads] };
  return layoutTable([head, ...rows], { indent: 0, maxWidth });
}
