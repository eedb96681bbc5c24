import type { MetricId } from '../../sim/metrics/metricDefinitions.js';
import { metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { MetricValue, Summary } from '../../sim/metrics/summary.js';
import { findMetric } from './findMetric.js';
import { type Cell, layoutTable } from './layoutTable.js';
import { metricCell, remarkOn } from './metricCell.js';
import type { Paints } from './paints.js';

const latencies: readonly MetricId[] = ['ttft', 'clientTtft', 'tpot', 'e2e', 'queueTime'];
const reasons: readonly MetricId[] = [
  'queueHeadOfLine',
  'queueSlots',
  'queueKvBlocks',
  'queueTokenBudget',
  'queueIteration',
  'kvLoad',
];
/** Where pools hand requests over. */
const handedOver: readonly MetricId[] = ['kvTransfer', 'rePrefill', 'decodeQueue'];
const rates: readonly MetricId[] = [
  'throughput',
  'goodput',
  'promptTokensPerSec',
  'outputTokensPerSec',
  'rejectedShare',
  'abandonedShare',
];
const quantiles = [0.5, 0.95, 0.99, undefined];

/** Lines about every population: latencies, what the queue time is made of, and rates. */
export function populationTable(
  summary: Summary,
  populations: readonly string[],
  paint: Paints,
  maxWidth: number,
): string[] {
  // With several populations a last block shows them together.
  const subjects = populations.length > 1 ? [...populations, undefined] : populations;
  const find = (metric: MetricId, subject: string | undefined, quantile?: number) =>
    findMetric(summary.metrics, { metric, subject, quantile });
  const heads = ['p50', 'p95', 'p99', 'mean'].map((text): Cell => ({ text, paint: paint.dim }));
  const latencyRows = subjects.flatMap((subject, index) => {
    const hasQueued = (find('queueTime', subject)?.value ?? 0) > 0;
    return [
      ...(index > 0 ? [{ cells: [] }] : []),
      { cells: [{ text: subject ?? 'all', paint: paint.bold }, ...heads] },
      ...latencies.map((metric) => {
        const values = quantiles.map((quantile) => find(metric, subject, quantile));
        return rowOf(metric, values, paint);
      }),
      ...[...(hasQueued ? reasons : []), ...handedOver].flatMap((metric) => {
        const value = find(metric, subject);
        if (!value?.value) return [];
        const cells = [labelCell(metric), ...[{ text: '' }, { text: '' }, { text: '' }]];
        return [{ cells: [...cells, metricCell(value)] }];
      }),
    ];
  });
  const shownRates = rates.filter((metric) => subjects.some((subject) => find(metric, subject)));
  const rateHeads = shownRates.map((metric) => ({
    text: metricDefinition(metric)!.label,
    paint: paint.dim,
  }));
  const rateRows = subjects.map((subject) => {
    const values = shownRates.map((metric) => find(metric, subject));
    return { cells: [{ text: subject ?? 'all', paint: paint.bold }, ...values.map(metricCell)] };
  });
  return [
    ...layoutTable(latencyRows, { indent: 0, maxWidth, minWidth: 12 }),
    '',
    ...layoutTable([{ cells: [{ text: '' }, ...rateHeads] }, ...rateRows], { indent: 0, maxWidth }),
  ];
}

function rowOf(metric: MetricId, values: readonly (MetricValue | undefined)[], paint: Paints) {
  return {
    cells: [labelCell(metric), ...values.map(metricCell)],
    remark: remarkOn(values, paint),
  };
}

function labelCell(metric: MetricId): Cell {
  return { text: `  ${metricDefinition(metric)!.label}` };
}
