import { fleetUsdPerHour } from '../../sim/metrics/fleetPrice.js';
import type { MetricValue } from '../../sim/metrics/summary.js';
import { type AssumptionOf, type BreakEven, breakEvens } from './breakEven.js';
import type { ComparedMix } from './comparedMix.js';
import { compareRows, type RowKey } from './compareRows.js';
import { findMetric } from './findMetric.js';
import { type PairedMetric, pairMetric } from './pairMetric.js';
import { requestLimitsOf } from './requestLimitsOf.js';
import { worldDifferences } from './worldDifferences.js';

/** Several fleets under the same sessions, and how each compares with one of them. */
export interface Comparison {
  readonly name: string;
  readonly mixes: readonly ComparedMix[];
  /** Index of the mix that the others are compared with. */
  readonly baseline: number;
  /** Confidence of each interval of a difference: 95% over all mixes together (Bonferroni). */
  readonly confidence: number;
  readonly prices: MixPrices;
  readonly rows: readonly ComparedRow[];
  readonly breakEvens: readonly BreakEven[];
  /** What two mixes do not share beside their fleets, by mix; empty lists where the sessions are the same. */
  readonly differences: readonly (readonly string[])[];
}

/** One metric of all mixes. */
export interface ComparedRow extends RowKey {
  /** By mix; undefined: it has no such metric. */
  readonly values: readonly (MetricValue | undefined)[];
  /** By mix; undefined for the baseline, and where there is nothing to compare. */
  readonly paired: readonly (PairedMetric | undefined)[];
}

/** What the fleets cost per hour. */
export interface MixPrices {
  /** By mix; undefined while a pool has no price. */
  readonly usdPerHour: readonly (number | undefined)[];
  /** Share by which the prices may differ and still count as equal. */
  readonly tolerance: number;
  /** Undefined while a price is missing. */
  readonly areEqual: boolean | undefined;
}

/** How to compare. */
export interface CompareOptions {
  /** Index of the mix that the others are compared with. */
  readonly baseline: number;
  /** Share by which prices may differ and still count as equal. */
  readonly tolerance: number;
  /** What a price rests on, for hardware without a market price; undefined: it has one. */
  readonly assumptionOf: AssumptionOf;
}

/** Compares mixes with one of them. */
export function compareMixes(
  name: string,
  mixes: readonly ComparedMix[],
  options: CompareOptions,
): Comparison {
  const baseline = mixes[options.baseline]!;
  const confidence = 1 - 0.05 / Math.max(1, mixes.length - 1);
  const others = mixes.filter((mix) => mix !== baseline);
  return {
    name,
    mixes,
    baseline: options.baseline,
    confidence,
    prices: pricesOf(mixes, baseline, options.tolerance),
    rows: compareRows(mixes).map((row) => ({
      ...row,
      values: mixes.map(({ summary }) => findMetric(summary.metrics, row)),
      paired: mixes.map((mix) =>
        mix === baseline
          ? undefined
          : withinTolerance(row, pairMetric(row, baseline, mix, confidence), options.tolerance),
      ),
    })),
    breakEvens: others.flatMap((mix) =>
      breakEvens(baseline, mix, confidence, options.assumptionOf),
    ),
    differences: mixes.map((mix) => (mix === baseline ? [] : differencesOf(baseline, mix))),
  };
}

/** Fleets that cost the same within the tolerance are called neither cheaper nor dearer. */
function withinTolerance(
  { metric }: RowKey,
  paired: PairedMetric | undefined,
  tolerance: number,
): PairedMetric | undefined {
  const isEqual = paired && Math.abs(paired.ratio.mean - 1) <= tolerance;
  return metric === 'usdPerHour' && isEqual
    ? { ...paired, verdict: 'no difference shown' }
    : paired;
}

function pricesOf(
  mixes: readonly ComparedMix[],
  baseline: ComparedMix,
  tolerance: number,
): MixPrices {
  const usdPerHour = mixes.map(({ experiment }) => fleetUsdPerHour(experiment.scenario));
  const base = fleetUsdPerHour(baseline.experiment.scenario);
  const known = usdPerHour.filter((price) => price !== undefined);
  const areEqual =
    base === undefined || known.length < mixes.length
      ? undefined
      : known.every((price) => Math.abs(price - base) <= tolerance * base);
  return { usdPerHour, tolerance, areEqual };
}

function differencesOf(baseline: ComparedMix, mix: ComparedMix): string[] {
  const { experiment: one } = baseline;
  const { experiment: other } = mix;
  const limits = [one, other].map(({ budgets }) => JSON.stringify(requestLimitsOf(budgets)));
  return [
    ...worldDifferences(one.scenario, other.scenario),
    ...(limits[0] === limits[1] ? [] : ['its budgets, so its goodput, are others']),
  ];
}

/** What all mixes are about; undefined where each says something else. */
export function commonAbout(mixes: readonly ComparedMix[]): string | undefined {
  const [about, ...others] = new Set(mixes.map(({ experiment }) => experiment.about));
  return others.length === 0 ? about : undefined;
}
