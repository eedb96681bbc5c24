import { portableCos } from '../kernel/portableCos.js';
import type { Uniform } from '../kernel/random.js';
import { lawSampler } from '../laws/lawSampler.js';
import type { ArrivalProcess } from './arrivalProcess.js';

const fullTurn = 2 * Math.PI;

/**
 * Poisson arrivals whose rate follows the time of day: mean·(1 + amplitude·cos(2π(t − peak)/period)).
 * Exact, by thinning a Poisson process at the peak rate; two uniforms per candidate, at most two
 * candidates per arrival on average. Each call gives the next arrival in ms.
 */
export function diurnalPoisson(
  rate: ArrivalProcess & { readonly kind: 'diurnal' },
  uniform: Uniform,
): () => number {
  const { meanRatePerMs, amplitude, peakMs, periodMs } = rate;
  if (meanRatePerMs === 0) return () => Number.POSITIVE_INFINITY;
  const gapMs = lawSampler({ kind: 'exponential', mean: 1 / (meanRatePerMs * (1 + amplitude)) });
  let timeMs = 0;
  return () => {
    for (;;) {
      timeMs += gapMs(uniform);
      const periods = (timeMs - peakMs) / periodMs;
      // The whole periods go first: the cosine is exact for small angles only.
      const relativeRate = 1 + amplitude * portableCos(fullTurn * (periods - Math.floor(periods)));
      if (uniform() * (1 + amplitude) < relativeRate) return timeMs;
    }
  };
}
