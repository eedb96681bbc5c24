import { metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import { formatDifference, formatFactor, formatNumber } from '../format/formatQuantity.js';
import type { ComparedRow, Comparison } from './compareMixes.js';
import { type Cell, layoutTable, type Paint } from './layoutTable.js';
import { metricName } from './metricName.js';
import type { Paints } from './paints.js';
import type { PairedMetric } from './pairMetric.js';
import { tableWidth } from './summaryText.js';

/** Lines on how one mix (an index) compares with the baseline: difference, ratio and verdict of every metric. */
export function pairedLines(comparison: Comparison, mix: number, paint: Paints): string[] {
  const { mixes, baseline, rows, differences, confidence } = comparison;
  const title = `${mixes[mix]!.name} against ${mixes[baseline]!.name}`;
  const percent = formatNumber(100 * confidence, mixes.length > 2 ? 1 : 0);
  const head: Cell[] = [
    { text: title, paint: paint.bold },
    { text: 'difference', paint: paint.dim },
    { text: `ratio (${percent}%)`, paint: paint.dim },
    { text: countsOf(rows, mix), paint: paint.dim, align: 'left' },
  ];
  const body = rows.flatMap((row) => {
    const paired = row.paired[mix];
    return paired === undefined ? [] : [{ cells: pairedCells(row, paired, paint) }];
  });
  const unfair = differences[mix]!;
  return [
    ...layoutTable([{ cells: head }, ...body], { indent: 0, maxWidth: tableWidth }),
    ...(unfair.length > 0
      ? [
          paint.yellow(
            `  not the same sessions: ${unfair.join('; ')}. Not the work of the fleet alone`,
          ),
        ]
      : []),
  ];
}

function pairedCells(row: ComparedRow, paired: PairedMetric, paint: Paints): Cell[] {
  const { unit } = metricDefinition(row.metric)!;
  const { difference, ratio, verdict, reason } = paired;
  const isPrice = row.metric === 'usdPerHour';
  return [
    { text: `  ${metricName(row)}` },
    { text: formatDifference(difference.mean, unit, isPrice ? undefined : difference.halfWidth) },
    { text: formatFactor(ratio.mean, isPrice ? undefined : ratio.halfWidth) },
    {
      text: reason === undefined ? verdict : `${verdict} (${reason})`,
      paint: paintsOf(paint)[verdict],
      align: 'left',
    },
  ];
}

/** `6 better, 3 worse`: of what people get and pay for. A pool of one name may be another pool in each mix. */
function countsOf(rows: readonly ComparedRow[], mix: number): string {
  const count = (verdict: PairedMetric['verdict']) =>
    rows.filter(({ block, paired }) => block !== 'pools' && paired[mix]?.verdict === verdict)
      .length;
  return (['better', 'worse', 'undecided'] as const)
    .flatMap((verdict) => (count(verdict) > 0 ? [`${count(verdict)} ${verdict}`] : []))
    .join(', ');
}

function paintsOf(paint: Paints): Readonly<Record<PairedMetric['verdict'], Paint>> {
  return {
    better: paint.green,
    worse: paint.red,
    higher: paint.bold,
    lower: paint.bold,
    'no difference shown': paint.dim,
    undecided: paint.yellow,
  };
}
