import { portableExp } from '../kernel/portableExp.js';
import { portableLogGamma } from '../kernel/portableLogGamma.js';
import { type DiscreteLaw, empiricalLaw, zipfLaw } from './discreteLaw.js';
import type { Law } from './law.js';
import { type LawPart, lawParts, type SimpleLaw } from './lawParts.js';
import { simpleTransform, type Transform } from './lawTransform.js';

/**
 * Mean of a law, trims included. Infinity where the tail is too heavy for one (Pareto with alpha ≤ 1 and
 * nothing that caps it).
 *
 * Exact to rounding, except where a continuous law is rounded or clamped: then an integral over its
 * quantile function, to about 1e-4 of the mean or of the rounding step.
 */
export function lawMean(law: Law): number {
  return lawParts(law).reduce((sum, part) => sum + part.share * partMean(part), 0);
}

function partMean({ law, trim }: LawPart): number {
  if (law.kind === 'constant') return trim ? trim(law.value) : law.value;
  if (law.kind === 'zipf') return discreteMean(zipfLaw(law), trim);
  if (law.kind === 'empirical') return discreteMean(empiricalLaw(law), trim);
  const mean = continuousMean(law);
  if (!trim) return mean;
  const drawn = simpleTransform(law);
  const isCapped = trim(Number.POSITIVE_INFINITY) < Number.POSITIVE_INFINITY;
  if (isCapped) return integralOverUnit((u) => trim(drawn(u)));
  // Only what the trims change is integrated: it is bounded, while the tail of the law is not.
  const change = integralOverUnit((u) => {
    const value = drawn(u);
    return trim(value) - value;
  });
  return mean + change;
}

type ContinuousLaw = Exclude<SimpleLaw, { kind: 'constant' | 'zipf' | 'empirical' }>;

function continuousMean(law: ContinuousLaw): number {
  switch (law.kind) {
    case 'uniform':
      return 0.5 * (law.min + law.max);
    case 'exponential':
    case 'gamma':
      return law.mean;
    case 'lognormal':
      return law.median * portableExp(0.5 * law.sigma * law.sigma);
    case 'pareto':
      return law.alpha > 1 ? (law.alpha * law.min) / (law.alpha - 1) : Number.POSITIVE_INFINITY;
    case 'weibull':
      return law.scale * portableExp(portableLogGamma(1 + 1 / law.shape));
  }
}

function discreteMean({ values, cumulative }: DiscreteLaw, trim: LawPart['trim']): number {
  let mean = 0;
  let below = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    mean += (cumulative[i]! - below) * (trim ? trim(value) : value);
    below = cumulative[i]!;
  }
  return mean;
}

/** Integral from 0 to 1 by midpoints, ever denser towards both ends, where a quantile function is steep. */
function integralOverUnit(integrand: Transform): number {
  let sum = 0;
  let high = 0.5;
  for (let octave = 1; octave <= 52; octave++) {
    const low = 0.5 * high;
    const points = Math.max(32, Math.floor(8192 * low));
    const step = (high - low) / points;
    for (let i = 0; i < points; i++) {
      const u = low + (i + 0.5) * step;
      sum += step * (integrand(u) + integrand(1 - u));
    }
    high = low;
  }
  return sum + high * (integrand(0.5 * high) + integrand(1 - high));
}
