import { metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { BreakEven } from './breakEven.js';
import type { ComparedMix } from './comparedMix.js';
import { type ComparedRow, type Comparison, commonAbout } from './compareMixes.js';
import type { CompareDocument } from './compareSchema.js';
import { findMetric } from './findMetric.js';
import { budgetEntry } from './resultDocument.js';

/** A comparison as one JSON document: stable order, no time stamps, no names of machines or files. */
export function compareDocument(comparison: Comparison): CompareDocument {
  const { mixes, confidence, prices } = comparison;
  const { experiment, summary, replications, name } = mixes[comparison.baseline]!;
  return {
    schema: 'inflow-compare/1',
    name: comparison.name,
    about: commonAbout(mixes) ?? null,
    seed: experiment.seed,
    quick: experiment.isQuick,
    horizonMs: experiment.scenario.horizonMs,
    engine: summary.engine,
    replicationsAsked: experiment.replications,
    replications: replications.map(({ replication }) => replication),
    baseline: name,
    confidence: {
      together: 0.95,
      each: confidence,
      correction: mixes.length > 2 ? 'Bonferroni' : 'none',
    },
    prices: { tolerance: prices.tolerance, equal: prices.areEqual ?? null },
    mixes: mixes.map((mix, index) => mixEntry(mix, index, comparison)),
    breakEvens: comparison.breakEvens.map(breakEvenEntry),
    rows: comparison.rows.map((row) => rowEntry(row, mixes)),
  };
}

function mixEntry(
  { name, experiment, summary, verdicts }: ComparedMix,
  index: number,
  { prices, differences }: Comparison,
): CompareDocument['mixes'][number] {
  const { untilMs, rule, isRefused } = summary.warmup;
  return {
    name,
    configHash: experiment.configHash,
    usdPerHour: prices.usdPerHour[index] ?? null,
    pools: experiment.pools.map((pool) => ({
      name: pool.name,
      hardware: pool.hardware ?? null,
      units: orNull(pool.units),
      acceleratorsPerUnit: pool.acceleratorsPerUnit ?? null,
      usdPerUnitHour: pool.usdPerUnitHour ?? null,
      priceBasis: pool.priceBasis,
    })),
    differences: [...differences[index]!],
    stability: { ...summary.stability },
    warmup: { untilMs, rule, refused: isRefused },
    profiles: Object.fromEntries(
      experiment.pools.map((pool) => [pool.name, pool.confidence ?? null]),
    ),
    remarks: [...summary.remarks],
    budgets: verdicts.map(budgetEntry),
    fingerprints: [...summary.fingerprints],
  };
}

function rowEntry(
  row: ComparedRow,
  mixes: readonly ComparedMix[],
): CompareDocument['rows'][number] {
  const { unit, better } = metricDefinition(row.metric)!;
  return {
    metric: row.metric,
    subject: row.subject ?? null,
    quantile: row.quantile ?? null,
    unit,
    better,
    values: mixes.flatMap((mix, index) => {
      const value = row.values[index];
      return value === undefined ? [] : [valueEntry(row, mix, value)];
    }),
    paired: mixes.flatMap(({ name }, index) => {
      const paired = row.paired[index];
      return paired === undefined ? [] : [pairedEntry(name, paired)];
    }),
  };
}

function valueEntry(
  row: ComparedRow,
  { name, replications }: ComparedMix,
  value: NonNullable<ComparedRow['values'][number]>,
): CompareDocument['rows'][number]['values'][number] {
  return {
    mix: name,
    value: orNull(value.value),
    halfWidth: orNull(value.halfWidth),
    low: orNull(value.interval?.low),
    high: orNull(value.interval?.high),
    samples: value.samples,
    doubt: value.doubt ?? null,
    note: value.note ?? null,
    byReplication: replications.map(({ metrics }) => orNull(findMetric(metrics, row)?.value)),
  };
}

function pairedEntry(
  mix: string,
  paired: NonNullable<ComparedRow['paired'][number]>,
): CompareDocument['rows'][number]['paired'][number] {
  return {
    mix,
    pairs: paired.pairs,
    difference: paired.difference.mean,
    halfWidth: orNull(paired.difference.halfWidth),
    ratio: orNull(paired.ratio.mean),
    ratioHalfWidth: orNull(paired.ratio.halfWidth),
    verdict: paired.verdict,
    reason: paired.reason ?? null,
    profileError: paired.profileError,
  };
}

function breakEvenEntry(found: BreakEven): CompareDocument['breakEvens'][number] {
  return {
    mix: found.mix,
    hardware: found.hardware,
    accelerators: found.accelerators,
    usdPerHour: orNull(found.usdPerHour),
    priceBasis: found.priceBasis,
    assumption: found.assumption ?? null,
    sameCostUsdPerHour: orNull(found.sameCostUsd),
    sameFlowCostUsdPerHour: orNull(found.sameFlowCostUsd?.mean),
    sameFlowCostHalfWidth: orNull(found.sameFlowCostUsd?.halfWidth),
  };
}

/** JSON has no NaN and no infinity. */
function orNull(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}
