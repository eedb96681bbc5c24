import { invariant } from '../kernel/invariant.js';
import { type MeanInterval, tInterval } from './tInterval.js';
import { tQuantile } from './tQuantile.js';

/** What one replication shows of a station, a pool or a whole fleet. */
export interface InsideOverTime {
  /** Requests let in and requests finished, in the time that `inside` covers. */
  readonly arrivals: number;
  readonly completions: number;
  readonly binMs: number;
  /** Mean number inside, waiting or in service, over successive bins of this length. */
  readonly inside: ArrayLike<number>;
}

/** The verdict and the figures behind it: means over the replications, per ms where they are rates. */
export interface Stability {
  readonly verdict: 'stable' | 'backlogged' | 'overloaded';
  readonly arrivalsPerMs: number;
  readonly completionsPerMs: number;
  /** How fast the number inside grows, with its 95% interval. */
  readonly growthPerMs: MeanInterval;
  /** Growth as a share of the arrivals: what is never caught up with. */
  readonly growthShare: number;
  readonly insideMean: number;
  /** Over the last tenth of the bins. */
  readonly insideAtEnd: number;
}

/** Growth below this share of the arrivals is no overload that a run can tell from chance. */
const materialShare = 0.02;

/**
 * Does the work keep up with what arrives?
 *
 * - overloaded: the number inside grows, shown at the confidence asked for, by more than 2% of the
 *   arrivals. Waits then depend on the length of the run.
 * - backlogged: it grows by less, or the run ended with more than twice the usual number inside and at
 *   least 2% of its arrivals above it: a peak that was not worked off.
 * - stable: neither was shown.
 *
 * Expects the time after the warm-up (the last half of the run where no warm-up was found): filling up
 * from empty looks like overload. Where one of k is asked for, pass 1 − 0.05/k as the confidence (Bonferroni).
 */
export function stabilityVerdict(runs: readonly InsideOverTime[], confidence = 0.95): Stability {
  invariant(runs.length >= 1, 'stability needs a run');
  const overRuns = (figure: (run: InsideOverTime) => number) => tInterval(runs.map(figure)).mean;
  const durationMs = (run: InsideOverTime) => Math.max(1, run.inside.length) * run.binMs;
  const arrivalsPerMs = overRuns((run) => run.arrivals / durationMs(run));
  const completionsPerMs = overRuns((run) => run.completions / durationMs(run));
  const insideMean = overRuns((run) => meanFrom(run.inside, 0));
  const insideAtEnd = overRuns((run) => meanFrom(run.inside, Math.floor(0.9 * run.inside.length)));

  const growthPerMs = growth(runs, confidence);
  const growthShare = arrivalsPerMs > 0 ? growthPerMs.mean / arrivalsPerMs : 0;
  const isGrowing = growthPerMs.mean > growthPerMs.halfWidth;
  const leftOver = insideAtEnd - insideMean;
  const isPiledUp =
    leftOver > insideMean && leftOver >= materialShare * overRuns((run) => run.arrivals);
  const verdict =
    isGrowing && growthShare > materialShare
      ? 'overloaded'
      : isGrowing || isPiledUp
        ? 'backlogged'
        : 'stable';
  return {
    verdict,
    arrivalsPerMs,
    completionsPerMs,
    growthPerMs,
    growthShare,
    insideMean,
    insideAtEnd,
  };
}

/**
 * From the steps between neighbouring bins of all runs. In an overloaded queue they are independent, and
 * the interval is the right one; in a stable queue what goes up comes down, and it is too wide, which only
 * makes the verdict more careful. So no assumption is needed on how long the queue remembers.
 */
function growth(runs: readonly InsideOverTime[], confidence: number): MeanInterval {
  const steps = runs.flatMap(({ inside, binMs }) =>
    Array.from(inside)
      .slice(1)
      .map((level, i) => (level - inside[i]!) / binMs),
  );
  if (steps.length < 2) return { mean: 0, halfWidth: Number.NaN };
  const mean = tInterval(steps).mean;
  const squares = steps.reduce((sum, step) => sum + (step - mean) * (step - mean), 0);
  // Steps between means over bins vary less than steps between their ends: by 2/3 for a random walk.
  const variance = (1.5 * squares) / (steps.length - 1);
  const quantile = tQuantile(0.5 + confidence / 2, steps.length - 1);
  const halfWidth = quantile * Math.sqrt(variance / steps.length);
  return { mean, halfWidth };
}

function meanFrom(values: ArrayLike<number>, start: number): number {
  let sum = 0;
  for (let i = start; i < values.length; i++) sum += values[i]!;
  return values.length > start ? sum / (values.length - start) : 0;
}
