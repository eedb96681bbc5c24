import { describe, expect, test } from 'vitest';
import type { Law } from '../../sim/laws/law.js';
import { lawQuantile } from '../../sim/laws/lawQuantile.js';
import { continuousLaws } from './exampleLaws.js';

describe('lawQuantile', () => {
  test.each(continuousLaws)('inverts the distribution function of $name', ({ law, cdf }) => {
    for (const q of [1e-6, 0.01, 0.3, 0.5, 0.75, 0.9, 0.99, 0.999999]) {
      expect(Math.abs(cdf(lawQuantile(law, q)) - q)).toBeLessThan(1e-12);
    }
  });

  test('the two quantiles of a lognormal: its median, and median · e^sigma at one sigma', () => {
    const law: Law = { kind: 'lognormal', median: 40, sigma: 0.9 };
    expect(lawQuantile(law, 0.5)).toBe(40);
    expect(lawQuantile(law, 0.8413447460685429)).toBeCloseTo(40 * Math.exp(0.9), 10);
  });

  const thirds: Law = {
    kind: 'mixture',
    parts: [5, 1, 3].map((value) => ({ weight: 1, law: { kind: 'constant', value } })),
  };

  test.each([
    [0, 1],
    [0.2, 1],
    [0.4, 3],
    [0.7, 5],
    [0.99, 5],
  ])('the %d-quantile of a mixture of 5, 1 and 3 is %d exactly', (q, value) => {
    expect(lawQuantile(thirds, q)).toBe(value);
    expect(lawQuantile({ ...thirds, plus: 1, atMost: 5 }, q)).toBe(Math.min(5, value + 1));
  });
});
