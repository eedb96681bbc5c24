import { invariant } from '../kernel/invariant.js';
import { type MeanInterval, tInterval } from './tInterval.js';

/** How a candidate compares with a baseline in one number, over replications that faced the same world. */
export interface PairedDifference {
  /** candidate − baseline; its half-width is NaN for a single pair. */
  readonly difference: MeanInterval;
  /** Mean of the candidate over mean of the baseline, with its interval by the delta method. NaN if the latter is 0. */
  readonly ratio: MeanInterval;
  readonly verdict: 'better' | 'worse' | 'no difference shown';
}

/**
 * Compares by the differences within pairs: value i of both comes from replication i with the same
 * random numbers, which takes most of the noise out. A difference is shown when its interval does not
 * reach 0, or when all pairs differ by the same amount. With k comparisons in one table, pass
 * 1 − 0.05/k as the confidence (Bonferroni).
 */
export function pairedDifference(
  baseline: readonly number[],
  candidate: readonly number[],
  options: { readonly better: 'lower' | 'higher'; readonly confidence?: number },
): PairedDifference {
  invariant(baseline.length === candidate.length, 'a pair needs both its values');
  const confidence = options.confidence ?? 0.95;
  const difference = tInterval(
    candidate.map((value, i) => value - baseline[i]!),
    confidence,
  );
  return {
    difference,
    ratio: ratioOf(baseline, candidate, confidence),
    verdict: verdictOn(difference, options.better),
  };
}

function verdictOn(
  { mean, halfWidth }: MeanInterval,
  better: 'lower' | 'higher',
): PairedDifference['verdict'] {
  // One pair has no interval (NaN), and shows nothing.
  const isShown = Math.abs(mean) > halfWidth;
  if (!isShown) return 'no difference shown';
  return mean < 0 === (better === 'lower') ? 'better' : 'worse';
}

/** The spread of candidate − ratio · baseline is that of the ratio, times the mean of the baseline. */
function ratioOf(
  baseline: readonly number[],
  candidate: readonly number[],
  confidence: number,
): MeanInterval {
  const below = tInterval(baseline).mean;
  if (below === 0) return { mean: Number.NaN, halfWidth: Number.NaN };
  const mean = tInterval(candidate).mean / below;
  const residual = tInterval(
    candidate.map((value, i) => value - mean * baseline[i]!),
    confidence,
  );
  return { mean, halfWidth: residual.halfWidth / Math.abs(below) };
}
