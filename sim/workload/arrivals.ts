import { invariant } from '../kernel/invariant.js';
import type { Uniform } from '../kernel/random.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { Law } from '../laws/law.js';
import { lawSampler } from '../laws/lawSampler.js';
import type { ArrivalProcess } from './arrivalProcess.js';
import { diurnalPoisson } from './diurnalPoisson.js';
import { piecewisePoisson } from './piecewisePoisson.js';
import { weibullShape } from './weibullShape.js';

/** Arrival times in order, made one by one. */
export interface ArrivalCursor {
  /** The next arrival in ms, on the grid: equal to the one before or later. Infinity when no more come. */
  next(): number;
}

/**
 * The arrivals of a process from time 0 to before `untilMs`, in constant memory.
 *
 * Nothing is drawn ahead and the horizon changes no draw: a longer horizon gives the same first
 * arrivals. Renewal processes begin with a whole gap, so a bursty one starts calmer than it goes on
 * (about (cv² − 1)/2 arrivals more or fewer than rate × time).
 */
export function arrivalTimes(
  arrivals: ArrivalProcess,
  uniform: Uniform,
  grid: TimeGrid,
  untilMs: number,
): ArrivalCursor {
  const nextMs = arrivalClock(arrivals, uniform);
  let hasEnded = false;
  return {
    next: () => {
      if (hasEnded) return Number.POSITIVE_INFINITY;
      const timeMs = grid.round(nextMs());
      if (timeMs < untilMs) return timeMs;
      hasEnded = true;
      return Number.POSITIVE_INFINITY;
    },
  };
}

/** Gives the next arrival at each call, off the grid and without end. */
function arrivalClock(arrivals: ArrivalProcess, uniform: Uniform): () => number {
  switch (arrivals.kind) {
    case 'piecewise':
      return piecewisePoisson(arrivals.steps, uniform);
    case 'diurnal':
      return diurnalPoisson(arrivals, uniform);
    case 'constant':
      return evenlySpaced(arrivals.ratePerMs);
    case 'poisson':
      return renewals(arrivals.ratePerMs, 1, (mean) => ({ kind: 'exponential', mean }), uniform);
    case 'gamma': {
      const { cv } = arrivals;
      return renewals(arrivals.ratePerMs, cv, (mean) => ({ kind: 'gamma', mean, cv }), uniform);
    }
    case 'weibull':
      return renewals(
        arrivals.ratePerMs,
        arrivals.cv,
        (mean) => weibullGap(mean, arrivals.cv),
        uniform,
      );
  }
}

function weibullGap(mean: number, cv: number): Law {
  const { shape, scalePerMean } = weibullShape(cv);
  return { kind: 'weibull', scale: mean * scalePerMean, shape };
}

function renewals(
  ratePerMs: number,
  cv: number,
  gapLaw: (meanMs: number) => Law,
  uniform: Uniform,
): () => number {
  invariant(ratePerMs >= 0 && cv >= 0, `arrivals at rate ${ratePerMs} with a CV of ${cv}`);
  // Gaps that do not vary are no limit that the laws could reach.
  if (ratePerMs === 0 || cv === 0) return evenlySpaced(ratePerMs);
  const sample = lawSampler(gapLaw(1 / ratePerMs));
  let timeMs = 0;
  return () => {
    timeMs += sample(uniform);
    return timeMs;
  };
}

function evenlySpaced(ratePerMs: number): () => number {
  let count = 0;
  // From the count, so that no rounding adds up. Rate 0: Infinity.
  return () => ++count / ratePerMs;
}
