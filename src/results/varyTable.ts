import { type MetricId, metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { MetricValue } from '../../sim/metrics/summary.js';
import { plainText } from '../format/plainText.js';
import type { Comparison } from './compareMixes.js';
import { findMetric } from './findMetric.js';
import { type Cell, layoutTable, wrapText } from './layoutTable.js';
import { metricCell } from './metricCell.js';
import { metricName } from './metricName.js';
import type { Paints } from './paints.js';
import { tableWidth } from './summaryText.js';

/** The comparison of the same mixes with one value of what is varied. */
export interface VaryPoint {
  readonly value: string;
  readonly comparison: Comparison;
}

type Column = readonly [MetricId, number?];

/** What people decide on, and what there is without people. */
const humanColumns: readonly Column[] = [['humanInFlowLatency', 0.5], ['flowFraction']];
const requestColumns: readonly Column[] = [['e2e', 0.95], ['goodput']];

/** A table per metric, a line per value and a column per mix, and where the best mix changes. */
export function varyTable(path: string, points: readonly VaryPoint[], paint: Paints): string[] {
  const hasHumans = points.some(({ comparison }) =>
    comparison.mixes.some(({ summary }) => summary.turns.length > 0),
  );
  const names = points[0]!.comparison.mixes.map(({ name }) => name);
  const tables = (hasHumans ? humanColumns : requestColumns).flatMap(([metric, quantile]) => {
    const rows = points.map((point) => rowOf(point, metric, quantile));
    const head: Cell[] = [
      { text: metricName({ metric, quantile, subject: undefined }), paint: paint.bold },
      ...names.map((name) => ({ text: name, paint: paint.bold })),
    ];
    const body = rows.map(({ value, values, best, overloaded }) => ({
      cells: [
        { text: `  ${plainText(value)}` },
        ...values.map((each, mix) => {
          const { text } = metricCell(each);
          const marks = `${overloaded[mix] ? '!' : ' '}${mix === best ? '*' : ' '}`;
          return { text: text + marks, ...(mix === best ? { paint: paint.green } : {}) };
        }),
      ],
    }));
    const lines = layoutTable([{ cells: head }, ...body], { indent: 0, maxWidth: tableWidth });
    return ['', ...lines, ...crossings(rows, names, path).map((line) => `  ${line}`)];
  });
  const legend =
    '* best of its line by the means, among those that keep up; ! overloaded: its figures depend on the length of the run';
  return [...tables, '', ...wrapText(legend, tableWidth).map(paint.dim)];
}

interface Row {
  readonly value: string;
  readonly values: readonly (MetricValue | undefined)[];
  /** Index of the best mix that keeps up; −1: none does, or none has a value. */
  readonly best: number;
  readonly overloaded: readonly boolean[];
}

function rowOf({ value, comparison }: VaryPoint, metric: MetricId, quantile?: number): Row {
  const { mixes } = comparison;
  const key = { metric, quantile, subject: undefined };
  const values = mixes.map(({ summary }) => findMetric(summary.metrics, key));
  const overloaded = mixes.map(({ summary }) => summary.stability.verdict === 'overloaded');
  const sign = metricDefinition(metric)!.better === 'lower' ? -1 : 1;
  let best = -1;
  for (const [mix, each] of values.entries()) {
    const isKnown = each?.value !== undefined && each.doubt !== 'tooFewSamples';
    if (!isKnown || Number.isNaN(each.value) || overloaded[mix]) continue;
    if (best < 0 || sign * each.value > sign * values[best]!.value!) best = mix;
  }
  return { value, values, best, overloaded };
}

/** Between which neighbouring values the best mix changes. */
function crossings(rows: readonly Row[], names: readonly string[], path: string): string[] {
  const known = rows.filter(({ best }) => best >= 0);
  const changes = known.slice(1).flatMap((row, index) => {
    const before = known[index]!;
    if (before.best === row.best) return [];
    return [`${names[before.best]} → ${names[row.best]} between ${before.value} and ${row.value}`];
  });
  if (changes.length > 0) return [`crossover of ${path}: ${changes.join('; ')}`];
  const [only] = known;
  return only === undefined
    ? []
    : [`no crossover: ${names[only.best]} is best wherever one keeps up`];
}
