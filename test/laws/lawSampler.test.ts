import { deviation, mean } from 'd3-array';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStreams } from '../../sim/kernel/random.js';
import type { Law } from '../../sim/laws/law.js';
import { lawSampler } from '../../sim/laws/lawSampler.js';
import { continuousLaws, discreteLaws } from './exampleLaws.js';

const count = 100_000;

function draws(law: Law, stream: string): number[] {
  const uniform = randomStreams('laws')(stream);
  const sample = lawSampler(law);
  return Array.from({ length: count }, () => sample(uniform));
}

describe.each(continuousLaws)('lawSampler of $name', ({ name, law, mean: mu, variance, cdf }) => {
  const values = draws(law, name).sort((a, b) => a - b);

  test('follows the distribution function (Kolmogorov–Smirnov, p > 1e-4)', () => {
    let distance = 0;
    values.forEach((value, i) => {
      const p = cdf(value);
      distance = Math.max(distance, p - i / count, (i + 1) / count - p);
    });
    // 2·exp(−2λ²) = 1e-4 at λ = 2.2253.
    expect(distance * Math.sqrt(count)).toBeLessThan(2.2253);
  });

  test('has the mean and the variance of the law within 4 standard errors', () => {
    const spread = deviation(values)!;
    expect(Math.abs(mean(values)! - mu)).toBeLessThan((4 * spread) / Math.sqrt(count));
    if (variance === undefined) return;
    const fourth = mean(values, (value) => (value - mu) ** 4)!;
    const error = Math.sqrt((fourth - variance ** 2) / count);
    expect(Math.abs(spread ** 2 - variance)).toBeLessThan(4 * error);
  });
});

describe('lawSampler', () => {
  test.each(discreteLaws)('has the probabilities of $name', ({ name, law, probabilities }) => {
    const values = draws(law, name);
    const seen = [...new Set(values)].sort((a, b) => a - b);
    expect(seen).toEqual([...probabilities.keys()]);
    for (const [value, p] of probabilities) {
      const share = values.filter((drawn) => drawn === value).length / count;
      expect(Math.abs(share - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / count));
    }
  });

  test('a Zipf law of 100,000 ranks has the right share of first ranks', () => {
    const law: Law = { kind: 'zipf', count: 100_000, exponent: 1.2 };
    const ranks = Array.from({ length: 100_000 }, (_, i) => (i + 1) ** -1.2);
    const p = (ranks[0]! + ranks[1]!) / ranks.reduce((sum, weight) => sum + weight, 0);
    const share = draws(law, 'zipf').filter((rank) => rank <= 2).length / count;
    expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / count));
  });

  test('every sample of every law takes exactly one uniform number', () => {
    for (const { law } of [...continuousLaws, ...discreteLaws]) {
      let taken = 0;
      lawSampler(law)(() => {
        taken++;
        return 0.3;
      });
      expect(taken).toBe(1);
    }
  });

  test('values are finite for every uniform number, the smallest and the largest included', () => {
    for (const { law } of [...continuousLaws, ...discreteLaws]) {
      for (const u of [0, 2 ** -53, 0.5, 0.75, 1 - 2 ** -53]) {
        expect(lawSampler(law)(() => u)).toBeLessThan(Infinity);
        expect(lawSampler(law)(() => u)).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test('a larger uniform number never gives a smaller value, except from a mixture', () => {
    const laws = [...continuousLaws, ...discreteLaws]
      .map(({ law }) => law)
      .filter(({ kind }) => kind !== 'mixture');
    const uniform = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...laws), uniform, uniform, (law, u, v) => {
        const at = (x: number) => lawSampler(law)(() => x);
        // Gamma is inverted to 1e-12 of the value.
        return at(Math.min(u, v)) <= at(Math.max(u, v)) * (1 + 1e-12);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  test('trims apply in the order plus, round, clamp', () => {
    const value = (law: Law) => lawSampler(law)(() => 0);
    expect(value({ kind: 'constant', value: 2.4, plus: 0.2, round: 'nearest' })).toBe(3);
    expect(value({ kind: 'constant', value: 2.4, round: 'up', atMost: 2.5 })).toBe(2.5);
    expect(value({ kind: 'constant', value: 2.4, plus: -5, atLeast: 1 })).toBe(1);
    expect(value({ kind: 'constant', value: -0.4, round: 'nearest' })).toBe(0);
  });

  test('what is left of a uniform number within a part of a mixture stays in [0, 1)', () => {
    const weight = fc.double({ min: 1e-9, max: 1, noNaN: true });
    const unit: Law = { kind: 'uniform', min: 0, max: 1 };
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 5 }), (weights) => {
        const sample = lawSampler({
          kind: 'mixture',
          parts: weights.map((w) => ({ weight: w, law: unit })),
        });
        const total = weights.reduce((sum, w) => sum + w, 0);
        let sum = 0;
        for (const w of weights) {
          sum += w;
          // The uniform numbers next to the end of each part.
          for (let steps = -3; steps <= 3; steps++) {
            const u = Math.round((sum / total) * 2 ** 53 + steps) / 2 ** 53;
            if (u >= 1) continue;
            const value = sample(() => u);
            if (!(value >= 0 && value < 1)) return false;
          }
        }
        return true;
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  test('a gamma law without spread is a constant', () => {
    expect(draws({ kind: 'gamma', mean: 5, cv: 0 }, 'cv0')[0]).toBe(5);
  });
});
