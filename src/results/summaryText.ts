import type { MetricId } from '../../sim/metrics/metricDefinitions.js';
import type { Summary } from '../../sim/metrics/summary.js';
import type { Scenario } from '../../sim/run/scenario.js';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import { formatMs, formatNumber } from '../format/formatQuantity.js';
import { plainText } from '../format/plainText.js';
import { budgetLines } from './budgetLines.js';
import { engineFlags } from './engineFlags.js';
import { experimentName } from './experimentName.js';
import { findMetric } from './findMetric.js';
import { humanTable } from './humanTable.js';
import type { BudgetVerdict } from './judgeBudgets.js';
import { type Paint, wrapText } from './layoutTable.js';
import { metricCell } from './metricCell.js';
import type { Paints } from './paints.js';
import { poolTable } from './poolTable.js';
import { populationTable } from './populationTable.js';
import { resourceTable } from './resourceTable.js';

/** The tables are laid out for this many columns. */
export const tableWidth = 100;

/** What `inflow run` prints about one experiment, line by line. */
export function summaryText(
  experiment: LoadedExperiment,
  summary: Summary,
  verdicts: readonly BudgetVerdict[],
  paint: Paints,
): string[] {
  const { scenario } = experiment;
  const sessions = (scenario.agents?.populations ?? []).map(({ name }) => name);
  const resources = (scenario.agents?.resources ?? []).map(({ name }) => name);
  const populations = [...scenario.populations.map(({ name }) => name), ...sessions];
  const gateway = scenario.gateway ? [scenario.gateway.name] : [];
  const pools = [...gateway, ...scenario.pools.map(({ name }) => name)];
  return [
    ...titleLines(experiment, summary, paint),
    '',
    ...(sessions.length > 0 ? [...humanTable(summary, sessions, paint, tableWidth), ''] : []),
    ...populationTable(summary, populations, paint, tableWidth),
    '',
    ...poolTable(summary, pools, paint, tableWidth),
    ...(resources.length > 0 ? ['', ...resourceTable(summary, resources, paint, tableWidth)] : []),
    ...costLines(summary),
    '',
    ...factLines(experiment, summary, paint),
    ...(verdicts.length > 0
      ? ['', paint.dim('budgets'), ...budgetLines(verdicts, paint, tableWidth)]
      : []),
  ];
}

function titleLines(experiment: LoadedExperiment, summary: Summary, paint: Paints): string[] {
  const { about, replications, seed, scenario } = experiment;
  const finished = summary.replications;
  const count =
    finished < replications ? `${finished} of ${replications}` : formatNumber(replications, 0);
  const facts = [
    `${count} replication${replications === 1 ? '' : 's'} of ${formatMs(scenario.horizonMs)}`,
    `seed ${seed}`,
    `engine ${summary.engine}`,
    ...(experiment.isQuick ? ['shortened by --quick'] : []),
    ...(finished === 1 ? ['no intervals over replications'] : []),
  ];
  return [...titleText(experimentName(experiment), about, paint), paint.dim(facts.join(', '))];
}

/** A name, and what it is about. */
export function titleText(name: string, about: string | undefined, paint: Paints): string[] {
  const text = plainText(about === undefined ? name : `${name}  ${about}`);
  const [first = '', ...rest] = wrapText(text, tableWidth);
  return [paint.bold(first.slice(0, name.length)) + first.slice(name.length), ...rest];
}

/** Left out where the fleet has no prices. */
function costLines(summary: Summary): string[] {
  const find = (metric: MetricId) =>
    findMetric(summary.metrics, { metric, subject: undefined, quantile: undefined });
  const price = find('usdPerHour');
  if (price?.value === undefined) return [];
  const costs = [
    metricCell(price).text,
    `${metricCell(find('costPerRequest')).text} per request`,
    `${metricCell(find('costPerMillionTokens')).text} per 1M output tokens`,
  ];
  const perWork = turnCosts.flatMap(([metric, per]) => {
    const value = find(metric);
    return value?.value === undefined ? [] : [`${metricCell(value).text} per ${per}`];
  });
  return [
    '',
    `cost  ${costs.join(', ')}`,
    ...wrapText(perWork.join(', '), tableWidth - 6).flatMap((line) =>
      line === '' ? [] : [`      ${line}`],
    ),
  ];
}

const turnCosts: readonly (readonly [MetricId, string])[] = [
  ['costPerTurn', 'turn'],
  ['costPerTask', 'task'],
  ['costPerSuccessfulTask', 'successful task'],
  ['usdPerFlowMinute', 'flow minute'],
];

/** What the numbers rest on, a label and a text each. */
function factLines(experiment: LoadedExperiment, summary: Summary, paint: Paints): string[] {
  const { stability, warmup } = summary;
  const verdictPaint = { stable: paint.green, backlogged: paint.yellow, overloaded: paint.red };
  const cut = warmup.untilMs > 0 ? `first ${formatMs(warmup.untilMs)} cut` : 'nothing cut';
  const outcomes = summary.outcomes.map(
    ({ outcome, count }) => `${formatNumber(count, 0)} ${outcomeText[outcome] ?? outcome}`,
  );
  const turns = summary.turns.map(
    ({ end, count }) => `${formatNumber(count, 0)} ${outcomeText[end] ?? end}`,
  );
  const profiles = experiment.pools.flatMap(({ name, hardware, confidence }) =>
    confidence === undefined ? [] : [`${name}: ${hardware ?? 'hardware'}, ${confidence}`],
  );
  const facts: readonly (readonly [string, readonly string[], (Paint | undefined)?])[] = [
    ['fit', experiment.fit.map(({ text }) => text)],
    ['stability', [`${stability.verdict}: ${stability.reason}`], verdictPaint[stability.verdict]],
    ['warm-up', [`${cut} (${warmup.rule})`], warmup.isRefused ? paint.yellow : undefined],
    ['engine', engineTexts(experiment.scenario, summary.engine)],
    ['profiles', profiles],
    ['requests', [outcomes.join(', ')]],
    ['turns', turns.length > 0 ? [turns.join(', ')] : []],
    ['note', summary.remarks, paint.yellow],
  ];
  return facts.flatMap(([label, texts, paintText]) => labelled(label, texts, paint, paintText));
}

/** Pools with the same flags share a text. */
function engineTexts({ pools }: Scenario, version: string): string[] {
  const poolsByFlags = new Map<string, string[]>();
  for (const pool of pools) {
    if (pool.kind !== 'engine') continue;
    const flags = engineFlags(pool.engine);
    poolsByFlags.set(flags, [...(poolsByFlags.get(flags) ?? []), pool.name]);
  }
  return [...poolsByFlags].map(([flags, names]) => `${names.join(', ')}: ${version}, ${flags}`);
}

const outcomeText: Readonly<Record<string, string>> = {
  neverFits: 'that can never fit',
  open: 'open at the end',
  withoutRow: 'not completed beyond the kept rows',
};

const labelWidth = 11;

function labelled(
  label: string,
  texts: readonly string[],
  paint: Paints,
  paintText: Paint = (text) => text,
): string[] {
  const lines = texts.flatMap((text) => wrapText(plainText(text), tableWidth - labelWidth));
  return lines.map((line, index) => {
    const head = (index === 0 ? label : '').padEnd(labelWidth);
    return paint.dim(head) + paintText(line);
  });
}
