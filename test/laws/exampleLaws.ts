import type { Law } from '../../sim/laws/law.js';

/** A law with its distribution function and moments, written down independently of the code under test. */
export interface ExampleLaw {
  readonly name: string;
  readonly law: Law;
  readonly mean: number;
  /** Undefined where there is none, or where a sample cannot show it. */
  readonly variance: number | undefined;
  /** P(value ≤ x). */
  readonly cdf: (x: number) => number;
}

/** Laws with a density: for tests of Kolmogorov and Smirnov. */
export const continuousLaws: readonly ExampleLaw[] = [
  {
    name: 'uniform 2 … 5',
    law: { kind: 'uniform', min: 2, max: 5 },
    mean: 3.5,
    variance: 0.75,
    cdf: (x) => (x - 2) / 3,
  },
  {
    name: 'exponential of mean 40',
    law: { kind: 'exponential', mean: 40 },
    mean: 40,
    variance: 1600,
    cdf: (x) => 1 - Math.exp(-x / 40),
  },
  {
    name: 'lognormal of median 60 and sigma 0.9',
    law: { kind: 'lognormal', median: 60, sigma: 0.9 },
    mean: 60 * Math.exp(0.405),
    variance: 3600 * Math.exp(0.81) * (Math.exp(0.81) - 1),
    cdf: (x) => normalCdf(Math.log(x / 60) / 0.9),
  },
  {
    name: 'gamma of mean 10 and cv ½ (Erlang of 4 stages)',
    law: { kind: 'gamma', mean: 10, cv: 0.5 },
    mean: 10,
    variance: 25,
    cdf: (x) => {
      const y = 0.4 * x;
      return 1 - Math.exp(-y) * (1 + y + y ** 2 / 2 + y ** 3 / 6);
    },
  },
  {
    name: 'gamma of mean 3 and cv √2 (3 times a squared normal)',
    law: { kind: 'gamma', mean: 3, cv: Math.SQRT2 },
    mean: 3,
    variance: 18,
    cdf: (x) => 2 * normalCdf(Math.sqrt(x / 3)) - 1,
  },
  {
    name: 'Pareto from 5 with alpha 2.5',
    law: { kind: 'pareto', min: 5, alpha: 2.5 },
    mean: 12.5 / 1.5,
    variance: undefined,
    cdf: (x) => 1 - (5 / x) ** 2.5,
  },
  {
    name: 'Weibull of scale 7 and shape 2',
    law: { kind: 'weibull', scale: 7, shape: 2 },
    mean: 3.5 * Math.sqrt(Math.PI),
    variance: 49 * (1 - Math.PI / 4),
    cdf: (x) => 1 - Math.exp(-((x / 7) ** 2)),
  },
  {
    name: 'mixture of 3/4 exponential and 1/4 uniform, shifted by 1',
    law: {
      kind: 'mixture',
      plus: 1,
      parts: [
        { weight: 3, law: { kind: 'exponential', mean: 2 } },
        { weight: 1, law: { kind: 'uniform', min: 10, max: 20 } },
      ],
    },
    mean: 1 + 0.75 * 2 + 0.25 * 15,
    variance: 0.75 * 8 + 0.25 * (700 / 3) - 5.25 ** 2,
    cdf: (x) =>
      0.75 * (1 - Math.exp(-(x - 1) / 2)) + 0.25 * Math.min(1, Math.max(0, (x - 11) / 10)),
  },
];

/** Laws of a few values, with the probability of each. */
export const discreteLaws: readonly {
  readonly name: string;
  readonly law: Law;
  readonly probabilities: ReadonlyMap<number, number>;
}[] = [
  {
    name: 'constant',
    law: { kind: 'constant', value: 8 },
    probabilities: new Map([[8, 1]]),
  },
  {
    name: 'Zipf of 3 ranks with exponent 1',
    law: { kind: 'zipf', count: 3, exponent: 1 },
    probabilities: new Map([
      [1, 6 / 11],
      [2, 3 / 11],
      [3, 2 / 11],
    ]),
  },
  {
    name: 'empirical, unsorted and weighted',
    law: { kind: 'empirical', values: [30, 10, 20], weights: [1, 2, 5] },
    probabilities: new Map([
      [10, 0.25],
      [20, 0.625],
      [30, 0.125],
    ]),
  },
  {
    name: 'empirical with a repeated value',
    law: { kind: 'empirical', values: [4, 2, 2, 2] },
    probabilities: new Map([
      [2, 0.75],
      [4, 0.25],
    ]),
  },
  {
    name: 'exponential rounded down: geometric',
    law: { kind: 'exponential', mean: 1 / Math.LN2, round: 'down', atMost: 3 },
    probabilities: new Map([
      [0, 0.5],
      [1, 0.25],
      [2, 0.125],
      [3, 0.125],
    ]),
  },
  {
    name: 'uniform 0 … 4, minus 1, rounded up, at least 0 and at most 2',
    law: { kind: 'uniform', min: 0, max: 4, plus: -1, round: 'up', atLeast: 0, atMost: 2 },
    probabilities: new Map([
      [0, 0.25],
      [1, 0.25],
      [2, 0.5],
    ]),
  },
  {
    name: 'mixture of a mixture, with trims on both levels',
    law: {
      kind: 'mixture',
      atMost: 6,
      parts: [
        { weight: 1, law: { kind: 'constant', value: 5 } },
        {
          weight: 1,
          law: {
            kind: 'mixture',
            plus: 2,
            parts: [
              { weight: 1, law: { kind: 'constant', value: 1 } },
              { weight: 3, law: { kind: 'constant', value: 9 } },
            ],
          },
        },
      ],
    },
    probabilities: new Map([
      [3, 0.125],
      [5, 0.5],
      [6, 0.375],
    ]),
  },
];

/** The standard normal distribution function by its power series: exact to 1e-15 for |x| < 6. */
export function normalCdf(x: number): number {
  if (x < -8) return 0;
  if (x > 8) return 1;
  let term = x;
  let sum = x;
  for (let n = 3; Math.abs(term) > 1e-18; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}
