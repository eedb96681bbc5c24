import { quantileName } from '../../sim/metrics/estimate.js';
import { type MetricId, metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { Summary } from '../../sim/metrics/summary.js';
import { findMetric } from './findMetric.js';
import { type Cell, layoutTable } from './layoutTable.js';
import { metricCell, remarkOn } from './metricCell.js';
import type { Paints } from './paints.js';

/** The rows, in their order; a quantile stands behind its metric. */
const rows: readonly (readonly [MetricId, number?])[] = [
  ['utilisation'],
  ['batch'],
  ['running'],
  ['waiting'],
  ['kvUse'],
  ['kvCached'],
  ['contextsHeld'],
  ['hitRate'],
  ['imbalance'],
  ['tierHits'],
  ['tierUse'],
  ['tierReadBusy'],
  ['tierWriteBusy'],
  ['tierReadGigabytes'],
  ['tierWrittenGigabytes'],
  ['mfu'],
  ['mbu'],
  ['tokensPerIteration'],
  ['acceptance'],
  ['preemptions'],
  ['retries'],
  ['kvMoved'],
  ['kvLinkBusy'],
  ['itl', 0.5],
  ['itl', 0.99],
  ['usdPerHour'],
];

/** Pools that stand side by side; more of them go into further tables. */
const poolsPerTable = 4;

/** Lines about every pool and the gateway: a column each. A row that nobody has is left out. */
export function poolTable(
  summary: Summary,
  pools: readonly string[],
  paint: Paints,
  maxWidth: number,
): string[] {
  const lines: string[] = [];
  const columns = pools.flatMap((pool) => [pool, ...tiersOf(pool, summary)]);
  for (let first = 0; first < columns.length; first += poolsPerTable) {
    if (first > 0) lines.push('');
    lines.push(...oneTable(summary, columns.slice(first, first + poolsPerTable), paint, maxWidth));
  }
  return lines;
}

/** The memory tiers of a pool, by the names that their metrics have. */
function tiersOf(pool: string, { metrics }: Summary): string[] {
  return metrics.flatMap(({ metric, subject }) =>
    metric === 'tierHits' && subject?.startsWith(`${pool}/`) ? [subject] : [],
  );
}

function oneTable(
  summary: Summary,
  pools: readonly string[],
  paint: Paints,
  maxWidth: number,
): string[] {
  const head: Cell[] = [
    { text: 'pools', paint: paint.dim },
    ...pools.map((text) => ({ text, paint: paint.bold })),
  ];
  const body = rows.flatMap(([metric, quantile]) => {
    const values = pools.map((pool) =>
      findMetric(summary.metrics, { metric, subject: pool, quantile }),
    );
    if (values.every((value) => value === undefined)) return [];
    const { label, unit } = metricDefinition(metric)!;
    const counted = unit === 'sequences' || unit === 'requests' ? `, ${unit}` : '';
    const text = `  ${label}${quantile === undefined ? '' : ` ${quantileName(quantile)}`}${counted}`;
    return [{ cells: [{ text }, ...values.map(metricCell)], remark: remarkOn(values, paint) }];
  });
  return layoutTable([{ cells: head }, ...body], { indent: 0, maxWidth, minWidth: 12 });
}
