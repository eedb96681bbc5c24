import type { MetricId } from '../../sim/metrics/metricDefinitions.js';
import type { ComparedMix } from './comparedMix.js';
import { findMetric, type MetricKey } from './findMetric.js';

type Row = readonly [MetricId, number?];

/** What people decide on: their wait and flow first. */
const humanRows: readonly Row[] = [
  ['humanInFlowLatency', 0.5],
  ['humanInFlowLatency', 0.95],
  ['flowFraction'],
  ['humanBottleneckRatio'],
  ['steersPerHour'],
];

const requestRows: readonly Row[] = [
  ['ttft', 0.5],
  ['ttft', 0.95],
  ['turnWait', 0.5],
  ['turnWait', 0.95],
  ['taskTime', 0.5],
  ['e2e', 0.5],
  ['e2e', 0.95],
  ['throughput'],
  ['goodput'],
  ['rejectedShare'],
  ['abandonedShare'],
];

/** Of every population, where there are several. */
const populationRows: readonly Row[] = [
  ['humanInFlowLatency', 0.5],
  ['flowFraction'],
  ['ttft', 0.95],
  ['e2e', 0.95],
  ['goodput'],
];

const poolRows: readonly Row[] = [['utilisation'], ['hitRate'], ['imbalance'], ['contextsHeld']];

const costRows: readonly Row[] = [
  ['usdPerHour'],
  ['costPerTurn'],
  ['costPerTask'],
  ['costPerSuccessfulTask'],
  ['costPerRequest'],
  ['costPerMillionTokens'],
  ['usdPerFlowMinute'],
];

/** Rows that say nothing while they are 0 everywhere. */
const quietRows: ReadonlySet<MetricId> = new Set(['rejectedShare', 'abandonedShare']);

const blocks = ['humans', 'requests', 'populations', 'pools', 'costs'] as const;

/** One row of a comparison, and the block of the table in which it stands. */
export interface RowKey extends MetricKey {
  readonly block: (typeof blocks)[number];
}

/** The rows of a comparison, in their order; only those that some mix has a value for. Metrics of budgets are among them. */
export function compareRows(mixes: readonly ComparedMix[]): RowKey[] {
  const populations = namesIn(mixes, ({ populations, agents }) => [
    ...populations,
    ...(agents?.populations ?? []),
  ]);
  const pools = namesIn(mixes, (scenario) => scenario.pools);
  const about = (block: RowKey['block'], rows: readonly Row[], subject?: string): RowKey[] =>
    rows.map(([metric, quantile]) => ({ block, metric, subject, quantile }));
  const rows = [
    ...about('humans', humanRows),
    ...about('requests', requestRows),
    ...(populations.length > 1
      ? populations.flatMap((name) => about('populations', populationRows, name))
      : []),
    ...pools.flatMap((name) => about('pools', poolRows, name)),
    ...about('costs', costRows),
    ...ofBudgets(mixes, populations),
  ];
  const isFirst = (row: MetricKey, index: number) => rows.findIndex(isSame(row)) === index;
  const shown = rows.filter(isFirst).filter((row) => mixes.some((mix) => says(mix, row)));
  return shown.sort((a, b) => blocks.indexOf(a.block) - blocks.indexOf(b.block));
}

/** What budgets bound, where no other row has it. With one population the whole run is that population. */
function ofBudgets(mixes: readonly ComparedMix[], populations: readonly string[]): RowKey[] {
  const [only, other] = populations;
  return mixes.flatMap(({ experiment }) =>
    experiment.budgets.map(({ metric, quantile, population, pool }): RowKey => {
      if (pool !== undefined) return { block: 'pools', metric, quantile, subject: pool };
      const subject = other === undefined && population === only ? undefined : population;
      return { block: 'populations', metric, quantile, subject };
    }),
  );
}

function says({ summary }: ComparedMix, row: MetricKey): boolean {
  const found = findMetric(summary.metrics, row);
  if (found?.value === undefined) return false;
  return found.value !== 0 || !quietRows.has(row.metric);
}

function isSame(row: MetricKey): (other: MetricKey) => boolean {
  return (other) =>
    other.metric === row.metric && other.subject === row.subject && other.quantile === row.quantile;
}

/** Each name once, in the order of its first mix. */
function namesIn(
  mixes: readonly ComparedMix[],
  of: (scenario: ComparedMix['experiment']['scenario']) => readonly { readonly name: string }[],
): string[] {
  const names = mixes.flatMap(({ experiment }) => of(experiment.scenario).map(({ name }) => name));
  return [...new Set(names)];
}
