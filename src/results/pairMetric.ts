import { metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import { pairedDifference } from '../../sim/statistics/pairedDifference.js';
import type { MeanInterval } from '../../sim/statistics/tInterval.js';
import { formatShare } from '../format/formatQuantity.js';
import type { ComparedMix } from './comparedMix.js';
import { findMetric, type MetricKey } from './findMetric.js';
import { doubtTexts } from './judgeBudgets.js';
import { profilesBehind } from './profileError.js';

/** How a mix compares with the baseline in one metric. */
export interface PairedMetric {
  /** Pairs of replications behind it. */
  readonly pairs: number;
  /** mix − baseline, in the unit of the metric. */
  readonly difference: MeanInterval;
  /** mix / baseline; NaN over a baseline of 0. */
  readonly ratio: MeanInterval;
  /** For metrics of which neither more nor less is better: higher or lower. */
  readonly verdict: 'better' | 'worse' | 'higher' | 'lower' | 'no difference shown' | 'undecided';
  /** Why it is undecided. */
  readonly reason: string | undefined;
  /** Relative error of the hardware profiles that the two do not share; 0 for what is no time. */
  readonly profileError: number;
}

/**
 * Compares a mix with the baseline by the differences within pairs of replications that faced the same
 * random numbers. Undecided while a value is in doubt, or when the difference would vanish with the errors of
 * the hardware profiles. Undefined where one of the two has no such metric.
 */
export function pairMetric(
  row: MetricKey,
  baseline: ComparedMix,
  mix: ComparedMix,
  confidence: number,
): PairedMetric | undefined {
  const pairs = pairsOf(row, baseline, mix);
  if (pairs.length === 0) return undefined;
  const { better } = metricDefinition(row.metric)!;
  // A price is no sample: it is known as well from one replication as from ten.
  const values = row.metric === 'usdPerHour' ? [pairs[0]!, pairs[0]!] : pairs;
  const found = pairedDifference(
    values.map(([first]) => first),
    values.map(([, second]) => second),
    { better: better === 'lower' ? 'lower' : 'higher', confidence },
  );
  const profileError = unsharedError(row, baseline, mix);
  const doubt = doubtOn(row, baseline) ?? doubtOn(row, mix);
  const isShown = found.verdict !== 'no difference shown';
  const flips = isShown && vanishes(row, baseline, mix, found.difference);
  const reason = doubt ?? (flips ? `profile ±${formatShare(profileError)}` : undefined);
  const neutral = {
    better: 'higher',
    worse: 'lower',
    'no difference shown': found.verdict,
  } as const;
  const verdict = better === 'neither' ? neutral[found.verdict] : found.verdict;
  return {
    pairs: pairs.length,
    difference: found.difference,
    ratio: found.ratio,
    verdict: reason === undefined ? verdict : 'undecided',
    reason,
    profileError,
  };
}

/** The values of both in every replication that has one in both. */
function pairsOf(row: MetricKey, baseline: ComparedMix, mix: ComparedMix): [number, number][] {
  return baseline.replications.flatMap(({ replication, metrics }): [number, number][] => {
    const other = mix.replications.find((each) => each.replication === replication);
    const first = findMetric(metrics, row)?.value;
    const second = other && findMetric(other.metrics, row)?.value;
    return first === undefined || second === undefined ? [] : [[first, second]];
  });
}

/** Why no verdict may rest on the value of a mix; undefined: one may. */
function doubtOn(row: MetricKey, { name, summary }: ComparedMix): string | undefined {
  const { doubt } = findMetric(summary.metrics, row) ?? {};
  if (doubt === undefined || row.metric === 'usdPerHour') return undefined;
  if (doubt === 'oneReplication') return 'one replication';
  if (doubt === 'tooFewSamples') return doubtTexts[doubt];
  return `${name}: ${doubtTexts[doubt]}`;
}

/** Whether the two might change places if each were off by as much as the profiles behind it. */
function vanishes(
  row: MetricKey,
  baseline: ComparedMix,
  mix: ComparedMix,
  { mean, halfWidth }: MeanInterval,
): boolean {
  if (sharesProfiles(row, baseline, mix)) return false;
  const off = (of: ComparedMix) =>
    Math.abs(findMetric(of.summary.metrics, row)?.value ?? 0) * largest(profiles(row, of));
  return Math.abs(mean) <= halfWidth + off(baseline) + off(mix);
}

function unsharedError(row: MetricKey, baseline: ComparedMix, mix: ComparedMix): number {
  if (sharesProfiles(row, baseline, mix)) return 0;
  return Math.max(largest(profiles(row, baseline)), largest(profiles(row, mix)));
}

/** On the same hardware both are off by the same factor, which changes no sign. */
function sharesProfiles(row: MetricKey, baseline: ComparedMix, mix: ComparedMix): boolean {
  const [ofBaseline, ofMix] = [profiles(row, baseline), profiles(row, mix)];
  return ofBaseline.size === ofMix.size && [...ofMix.keys()].every((name) => ofBaseline.has(name));
}

function profiles({ metric, subject }: MetricKey, { experiment }: ComparedMix) {
  const { scenario } = experiment;
  const isPool = scenario.pools.some(({ name }) => name === subject);
  const about = { metric, population: undefined, pool: undefined };
  return profilesBehind(scenario, { ...about, [isPool ? 'pool' : 'population']: subject });
}

function largest(errors: ReadonlyMap<string, number>): number {
  return Math.max(0, ...errors.values());
}
