import { type MetricId, metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { Summary } from '../../sim/metrics/summary.js';
import { findMetric } from './findMetric.js';
import { type Cell, layoutTable } from './layoutTable.js';
import { metricCell, remarkOn } from './metricCell.js';
import type { Paints } from './paints.js';

/** The rows, in their order: the human's wait and flow come first, whatever else is shown. */
const rows: readonly MetricId[] = [
  'humanInFlowLatency',
  'flowFraction',
  'humanBottleneckRatio',
  'steersPerHour',
  'firstUsefulWait',
  'turnWait',
  'taskTime',
  'longestGap',
  'waitingShare',
  'attentionShare',
  'flowMinutesPerHour',
  'notificationLateness',
  'successShare',
  'failedShare',
  'callsPerTurn',
  'contextTokens',
];

/** Rows that say nothing while they are 0. */
const quietRows: ReadonlySet<MetricId> = new Set(['failedShare']);

/** Lines about the humans of every session population: what they wait, and whether they are in flow. */
export function humanTable(
  summary: Summary,
  populations: readonly string[],
  paint: Paints,
  maxWidth: number,
): string[] {
  // With several populations a first block shows them together.
  const subjects = populations.length > 1 ? [undefined, ...populations] : populations;
  const heads = ['p50', 'p95', 'mean'].map((text): Cell => ({ text, paint: paint.dim }));
  const blocks = subjects.map((subject) => [
    { cells: [{ text: subject ?? 'all humans', paint: paint.bold }, ...heads] },
    ...rows.flatMap((metric) => rowOf(summary, metric, subject, paint)),
  ]);
  const lines = blocks.flatMap((block, index) => (index > 0 ? [{ cells: [] }, ...block] : block));
  return layoutTable(lines, { indent: 0, maxWidth, minWidth: 12 });
}

/** Empty for a metric that this subject does not have. */
function rowOf(summary: Summary, metric: MetricId, subject: string | undefined, paint: Paints) {
  const values = [0.5, 0.95, undefined].map((quantile) =>
    findMetric(summary.metrics, { metric, subject, quantile }),
  );
  const [, , mean] = values;
  if (mean === undefined || mean.doubt === 'noSamples') return [];
  if (mean.value === 0 && quietRows.has(metric)) return [];
  const { label, quantiles } = metricDefinition(metric)!;
  const cells = [
    { text: `  ${label}` },
    // A metric without quantiles has one number, and no dashes beside it.
    ...values.map((value, column) =>
      quantiles.length === 0 && column < 2 ? { text: '' } : metricCell(value),
    ),
  ];
  return [{ cells, remark: remarkOn(values, paint) }];
}
