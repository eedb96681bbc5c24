import { normalQuantile } from '../kernel/normalQuantile.js';
import { portableExp } from '../kernel/portableExp.js';
import { portableLog } from '../kernel/portableLog.js';
import { portablePower } from '../kernel/portablePower.js';
import { cumulated, type DiscreteLaw, empiricalLaw, partAt, zipfLaw } from './discreteLaw.js';
import { gammaQuantile } from './gammaQuantile.js';
import type { Law, LawKind } from './law.js';
import type { SimpleLaw } from './lawParts.js';
import { trimOf } from './trim.js';

/** Turns a uniform number in [0, 1) into a value. */
export type Transform = (uniform: number) => number;

/**
 * Compiles a law into the function that makes one value of one uniform number: its quantile function,
 * trims included. Only a mixture is no quantile function: its uniform number chooses the part, and what
 * is left of it, stretched to [0, 1), makes the value within.
 */
export function lawTransform(law: Law): Transform {
  const drawn = law.kind === 'mixture' ? mixtureTransform(law) : simpleTransform(law);
  const trim = trimOf(law);
  return trim ? (uniform) => trim(drawn(uniform)) : drawn;
}

/** The quantile function of a law that is no mixture, without its trims. */
export function simpleTransform(law: SimpleLaw): Transform {
  switch (law.kind) {
    case 'constant':
      return () => law.value;
    case 'uniform':
      return (u) => law.min + u * (law.max - law.min);
    case 'exponential':
      return (u) => -law.mean * portableLog(1 - u);
    case 'lognormal':
      return (u) => law.median * portableExp(law.sigma * normalQuantile(u));
    case 'gamma':
      return gammaTransform(law.mean, law.cv);
    case 'pareto':
      return (u) => law.min * portablePower(1 - u, -1 / law.alpha);
    case 'weibull':
      return (u) => law.scale * portablePower(-portableLog(1 - u), 1 / law.shape);
    case 'zipf':
      return discreteTransform(zipfLaw(law));
    case 'empirical':
      return discreteTransform(empiricalLaw(law));
  }
}

function gammaTransform(mean: number, cv: number): Transform {
  if (cv === 0) return () => mean;
  const quantile = gammaQuantile(1 / (cv * cv));
  const scale = mean * cv * cv;
  return (u) => scale * quantile(u);
}

function discreteTransform({ values, cumulative }: DiscreteLaw): Transform {
  return (u) => values[partAt(cumulative, u)]!;
}

function mixtureTransform({ parts }: Extract<LawKind, { kind: 'mixture' }>): Transform {
  const cumulative = cumulated(Float64Array.from(parts, (part) => part.weight));
  const transforms = parts.map((part) => lawTransform(part.law));
  return (u) => {
    const index = partAt(cumulative, u);
    const from = index === 0 ? 0 : cumulative[index - 1]!;
    const within = (u - from) / (cumulative[index]! - from);
    // Both differences may be rounded to the same float, and 1 is no uniform number.
    return transforms[index]!(Math.min(within, largestUniform));
  };
}

/** 1 − 2^-53. */
const largestUniform = 0.9999999999999999;
