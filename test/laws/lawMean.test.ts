import { describe, expect, test } from 'vitest';
import type { Law } from '../../sim/laws/law.js';
import { lawMean } from '../../sim/laws/lawMean.js';
import { continuousLaws, discreteLaws, normalCdf } from './exampleLaws.js';

describe('lawMean', () => {
  test.each(continuousLaws)('of $name', ({ law, mean }) => {
    expect(lawMean(law) / mean).toBeCloseTo(1, 13);
  });

  test.each(discreteLaws)('of $name', ({ law, probabilities }) => {
    let mean = 0;
    for (const [value, p] of probabilities) mean += value * p;
    expect(lawMean(law) / mean).toBeCloseTo(1, 4);
  });

  const lognormalPartialMean = (limit: number) => {
    // E[min(X, c)] of a lognormal of median 100 and sigma 1.5.
    const z = Math.log(limit / 100) / 1.5;
    return 100 * Math.exp(1.125) * normalCdf(z - 1.5) + limit * (1 - normalCdf(z));
  };

  test.each<[string, Law, number]>([
    ['Pareto with alpha 1', { kind: 'pareto', min: 1, alpha: 1 }, Infinity],
    ['rounded Pareto with alpha ½', { kind: 'pareto', min: 1, alpha: 0.5, round: 'up' }, Infinity],
    // E[min(X, c)] = min·(1 + ln(c/min)) for alpha 1.
    ['capped Pareto', { kind: 'pareto', min: 2, alpha: 1, atMost: 2000 }, 2 + 2 * Math.log(1000)],
    // A tail so heavy that draws of 53 bits miss a fifth of its mean: not integrated.
    ['heavy Pareto', { kind: 'pareto', min: 1, alpha: 1.05, atLeast: 1 }, 21],
    [
      'exponential rounded down',
      { kind: 'exponential', mean: 3, round: 'down' },
      1 / (Math.exp(1 / 3) - 1),
    ],
    [
      'exponential rounded up',
      { kind: 'exponential', mean: 3, round: 'up' },
      1 / (1 - Math.exp(-1 / 3)),
    ],
    ['capped exponential', { kind: 'exponential', mean: 5, atMost: 4 }, 5 * (1 - Math.exp(-0.8))],
    // 2 + E[(X − 2)+].
    ['exponential from 2', { kind: 'exponential', mean: 5, atLeast: 2 }, 2 + 5 * Math.exp(-0.4)],
    [
      'capped lognormal',
      { kind: 'lognormal', median: 100, sigma: 1.5, atMost: 4000 },
      lognormalPartialMean(4000),
    ],
    ['shifted gamma', { kind: 'gamma', mean: 4, cv: 0.7, plus: 3 }, 7],
    ['rounded gamma', { kind: 'gamma', mean: 400, cv: 1.3, round: 'nearest' }, 400],
  ])('of %s', (_, law, exact) => {
    const mean = lawMean(law);
    if (exact === Infinity) expect(mean).toBe(Infinity);
    else expect(Math.abs(mean / exact - 1)).toBeLessThan(1e-4);
  });
});
