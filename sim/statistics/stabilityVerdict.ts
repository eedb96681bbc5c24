import { invariant } from '../kernel/invariant.js';
import { linearTrend } from './linearTrend.js';
import { type MeanInterval, tInterval } from './tInterval.js';

/** What one replication shows of a station, a pool or a whole fleet. */
export interface InsideOverTime {
  /** Requests let in and requests finished, in the time that `inside` covers. */
  readonly arrivals: number;
  readonly completions: number;
  /** Mean number inside, waiting or in service, over successive bins of equal length. */
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
 * - overloaded: the number inside grows, shown at 95%, by more than 2% of the arrivals. Waits then depend
 *   on the length of the run.
 * - backlogged: it grows by less, or the run ended with more than twice the usual number inside and at
 *   least 2% of its arrivals above it: a peak that was not worked off.
 * - stable: neither was shown.
 *
 * The interval of the growth is the one between replications; with a single one, that of its trend.
 * Expects the time after the warm-up (the last half of the run where no warm-up was found): filling up
 * from empty looks like overload.
 */
export function stabilityVerdict(runs: readonly InsideOverTime[], binMs: number): Stability {
  invariant(runs.length >= 1, 'stability needs a run');
  const overRuns = (figure: (run: InsideOverTime) => number) => tInterval(runs.map(figure)).mean;
  const durationMs = (run: InsideOverTime) => Math.max(1, run.inside.length) * binMs;
  const arrivalsPerMs = overRuns((run) => run.arrivals / durationMs(run));
  const completionsPerMs = overRuns((run) => run.completions / durationMs(run));
  const insideMean = overRuns((run) => meanFrom(run.inside, 0));
  const insideAtEnd = overRuns((run) => meanFrom(run.inside, Math.floor(0.9 * run.inside.length)));

  const growthPerMs = growth(runs, binMs);
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

function growth(runs: readonly InsideOverTime[], binMs: number): MeanInterval {
  if (runs.length > 1) return tInterval(runs.map((run) => linearTrend(run.inside).slope / binMs));
  const { slope, halfWidth } = linearTrend(runs[0]!.inside);
  return { mean: slope / binMs, halfWidth: halfWidth / binMs };
}

function meanFrom(values: ArrayLike<number>, start: number): number {
  let sum = 0;
  for (let i = start; i < values.length; i++) sum += values[i]!;
  return values.length > start ? sum / (values.length - start) : 0;
}
