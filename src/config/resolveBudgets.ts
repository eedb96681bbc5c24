import type { z } from 'zod';
import type {
  MetricDefinition,
  MetricSubject,
  MetricUnit,
} from '../../sim/metrics/metricDefinition.js';
import {
  type MetricId,
  metricDefinition,
  metricDefinitions,
} from '../../sim/metrics/metricDefinitions.js';
import type { budgetSchema } from './budgetSchema.js';
import { type Report, readPart } from './inputSchema.js';
import type { ListItem } from './lists.js';
import type { Budget } from './loadedExperiment.js';
import type { Loading } from './loading.js';
import { suggestion } from './nearestName.js';
import { numberSchema } from './numberSchema.js';
import {
  bytesPerSec,
  durationMs,
  ratePerMsOrNone,
  ratio,
  tokens,
  tokensPerSec,
  usd,
  usdPerHour,
} from './quantity.js';
import type { DocumentPath } from './readDocument.js';
import type { Sections } from './readSections.js';
import { unknownName } from './unknownName.js';

type WrittenBudget = z.output<typeof budgetSchema>;

/**
 * The budgets of an experiment in the order of the file, their bounds in the base unit of their metric.
 * One about a pool that only other mixes have is left out.
 */
export function resolveBudgets(
  sections: Sections,
  poolsOfAllMixes: ReadonlySet<string>,
  loading: Loading,
): Budget[] {
  const names = { population: sections.populations.names, pool: poolsOfAllMixes };
  return sections.budgets.flatMap((item) => {
    const budget = resolveBudget(item, names, loading);
    if (budget === undefined) return [];
    return budget.pool === undefined || sections.fleet.names.has(budget.pool) ? [budget] : [];
  });
}

/** Names that a budget may be about. */
interface SubjectNames {
  readonly population: ReadonlySet<string>;
  readonly pool: ReadonlySet<string>;
}

function resolveBudget(
  { index, value: written }: ListItem<WrittenBudget>,
  names: SubjectNames,
  loading: Loading,
): Budget | undefined {
  const place: DocumentPath = ['budgets', index];
  const report: Report = (finding) =>
    loading.report({ ...finding, path: [...place, ...(finding.path ?? [])] });
  const definition = metricDefinition(written.metric);
  if (definition === undefined) {
    const ids = metricDefinitions.map((metric) => metric.id);
    const hint = suggestion(written.metric, ids) ?? 'inflow explain lists all metrics';
    return report({ code: 'E_REF', message: 'unknown metric', path: ['metric'], hint });
  }
  const min = readBound(definition.unit, written, 'min', report);
  const max = readBound(definition.unit, written, 'max', report);
  checkBounds(written, min, max, report);
  checkSubject(definition, written, names, report);
  if (written.quantile !== undefined && definition.quantiles.length === 0)
    report({
      code: 'E_STAT',
      message: `${definition.id} has no quantiles`,
      path: ['quantile'],
      atKey: true,
    });
  return {
    // `metricDefinition` knows no other ids.
    metric: definition.id as MetricId,
    quantile: written.quantile,
    min,
    max,
    population: written.population,
    pool: written.pool,
    level: written.level,
    line: loading.document.locate(place).line,
  };
}

const count = numberSchema({ name: 'a number', min: 0, max: 1e15 });
const bounds: Readonly<Record<MetricUnit, z.ZodType<number>>> = {
  ms: durationMs,
  ratio,
  requestsPerSec: ratePerMsOrNone,
  tokensPerSec,
  bytesPerSec,
  sequences: count,
  requests: count,
  contexts: count,
  count,
  tokens,
  perHour: ratePerMsOrNone,
  minutesPerHour: count,
  usd,
  usdPerHour,
};

function readBound(
  unit: MetricUnit,
  written: WrittenBudget,
  key: 'min' | 'max',
  report: Report,
): number | undefined {
  if (written[key] === undefined) return undefined;
  const bound = readPart(bounds[unit], written[key], [key], report);
  const perMs = { requestsPerSec: 1000, perHour: 3_600_000 };
  return bound !== undefined && unit in perMs ? bound * perMs[unit as keyof typeof perMs] : bound;
}

function checkBounds(
  written: WrittenBudget,
  min: number | undefined,
  max: number | undefined,
  report: Report,
): void {
  if (written.min === undefined && written.max === undefined)
    report({ code: 'E_BUDGET', message: 'a budget needs a max or a min' });
  if (min === undefined || max === undefined || min <= max) return;
  const message = `min (${written.min}) is above max (${written.max})`;
  report({ code: 'E_BUDGET', message, path: ['min'], atKey: true });
}

function checkSubject(
  definition: MetricDefinition,
  { population, pool }: WrittenBudget,
  known: SubjectNames,
  report: Report,
): void {
  for (const [subject, name] of Object.entries({ population, pool })) {
    if (name === undefined) continue;
    const names = known[subject as keyof typeof known];
    if (!definition.subjects.includes(subject as MetricSubject))
      report({
        code: 'E_BUDGET',
        message: `${definition.id} is not measured per ${subject}`,
        path: [subject],
        atKey: true,
      });
    // Without any, the section itself is broken, which has been reported.
    else if (names.size > 0 && !names.has(name))
      report(unknownName(subject, name, names, [subject]));
  }
  if (population !== undefined && pool !== undefined)
    report({ code: 'E_BUDGET', message: 'a budget is about a population or a pool, not both' });
  if (population !== undefined || pool !== undefined || definition.subjects.includes('run')) return;
  const subject = definition.subjects.join(' or ');
  report({
    code: 'E_BUDGET',
    message: `${definition.id} is measured per ${subject}`,
    path: ['metric'],
    hint: `Name one with ${subject}:`,
  });
}
