import { quantileSorted } from 'd3-array';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SimulatorBug } from '../../sim/kernel/invariant.js';
import { randomStreams } from '../../sim/kernel/random.js';
import { lawSampler } from '../../sim/laws/lawSampler.js';
import { LogHistogram, type LogHistogramData } from '../../sim/statistics/logHistogram.js';

function histogramOf(values: readonly number[]): LogHistogram {
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

const bytes = (histogram: LogHistogram) => JSON.stringify(histogram);

/** Simulated times: on the grid of 2^-27 ms, from 0 to 18 hours. */
const gridTime = fc
  .oneof(fc.maxSafeNat(), fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.constant(0))
  .map((steps) => steps * 2 ** -27);

describe('LogHistogram', () => {
  test('of 4, 1, 0 and 2 (three times): count 6, mean 11/6, minimum 0, maximum 4', () => {
    const histogram = histogramOf([4, 1, 0]);
    histogram.add(2, 3);
    expect([histogram.count, histogram.min, histogram.max]).toEqual([6, 0, 4]);
    expect(histogram.mean).toBe(11 / 6);
    expect(histogram.quantile(0)).toBe(0);
    expect(histogram.quantile(1)).toBe(4);
    expect(Math.abs(histogram.quantile(0.5) - 2)).toBeLessThan(0.016);
  });

  test('equal values have exactly that value as every quantile and mean', () => {
    const histogram = new LogHistogram();
    histogram.add(20.3, 1e9);
    expect([0, 0.5, 0.99, 1].map((q) => histogram.quantile(q))).toEqual([20.3, 20.3, 20.3, 20.3]);
    expect(histogram.mean).toBeCloseTo(20.3, 8);
  });

  test('an empty one has no mean and no quantile', () => {
    const histogram = new LogHistogram();
    for (const value of [histogram.mean, histogram.min, histogram.max, histogram.quantile(0.5)]) {
      expect(value).toBeNaN();
    }
    expect(histogram.count).toBe(0);
  });

  test.each([-1, NaN, Infinity, 2 ** 64])('refuses %d', (value) => {
    expect(() => new LogHistogram().add(value)).toThrow(SimulatorBug);
  });

  test('takes −0, the smallest float and the largest below 2^64', () => {
    const histogram = histogramOf([-0, 5e-324, 2 ** -33, 2 ** 63]);
    expect(histogram.toJSON().zeroCount).toBe(3);
    expect(Object.is(histogram.min, 0)).toBe(true);
    expect(histogram.max).toBe(2 ** 63);
  });

  test.each([
    ['lognormal', { kind: 'lognormal', median: 300, sigma: 1.9 }],
    ['exponential', { kind: 'exponential', mean: 0.02 }],
    ['uniform', { kind: 'uniform', min: 0, max: 1000 }],
    ['two values', { kind: 'empirical', values: [7, 7.01], weights: [3, 1] }],
  ] as const)('quantiles of 100,000 %s values are within 0.8%% of the exact ones', (name, law) => {
    const uniform = randomStreams('histogram')(name);
    const sample = lawSampler(law);
    const values = Array.from({ length: 100_000 }, () => sample(uniform));
    const histogram = histogramOf(values);
    values.sort((a, b) => a - b);
    for (const q of [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1]) {
      const exact = quantileSorted(values, q)!;
      expect(Math.abs(histogram.quantile(q) - exact)).toBeLessThanOrEqual(exact / 128);
    }
  });

  test('quantiles rise with q', () => {
    fc.assert(
      fc.property(fc.array(gridTime, { minLength: 1 }), (values) => {
        const histogram = histogramOf(values);
        const quantiles = Array.from({ length: 101 }, (_, i) => histogram.quantile(i / 100));
        return quantiles.every((value, i) => i === 0 || value >= quantiles[i - 1]!);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('neither the order nor the way of merging changes a byte', () => {
    fc.assert(
      fc.property(fc.array(fc.array(gridTime)), (groups) => {
        const values = groups.flat();
        const expected = bytes(histogramOf(values));
        const merged = (parts: LogHistogram[]) => {
          const total = new LogHistogram();
          for (const part of parts) total.merge(part);
          return total;
        };
        expect(bytes(histogramOf([...values].reverse()))).toBe(expected);
        expect(bytes(merged(groups.map(histogramOf)))).toBe(expected);
        expect(bytes(merged(groups.map(histogramOf).reverse()))).toBe(expected);
        expect(bytes(merged([merged(groups.map(histogramOf)), new LogHistogram()]))).toBe(expected);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('addAffine(first, step, terms, weight) equals that many calls of add, to the byte', () => {
    const step = fc
      .oneof(
        fc.constant(0),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 2 ** 40 }),
      )
      .map((steps) => steps * 2 ** -27);
    fc.assert(
      fc.property(
        gridTime.map((time) => time / 4096),
        step,
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 2000 }),
        (first, slope, terms, weight) => {
          const start = Math.round(first * 2 ** 27) * 2 ** -27;
          const jump = new LogHistogram();
          jump.addAffine(start, slope, terms, weight);
          const single = new LogHistogram();
          for (let j = 0; j < terms; j++) single.add(start + slope * j, weight);
          expect(bytes(jump)).toBe(bytes(single));
        },
      ),
      { seed: 1, numRuns: 2000 },
    );
  });

  test('addAffine(0, 1, 5, 2) holds 0, 1, 2, 3, 4 twice each', () => {
    const histogram = new LogHistogram();
    histogram.addAffine(0, 1, 5, 2);
    expect(histogram.toJSON().zeroCount).toBe(2);
    expect([histogram.count, histogram.mean, histogram.min, histogram.max]).toEqual([10, 2, 0, 4]);
  });

  test('the mean of grid times is exact where a plain sum is not', () => {
    const histogram = new LogHistogram();
    // Together 3 · 2^26 quanta above 2^53 of them: beyond what one float64 counts.
    histogram.addAffine(1 + 2 ** -27, 2 ** -27, 3, 2 ** 26);
    histogram.add(2 ** 40);
    const data = histogram.toJSON();
    expect(data.sum).toEqual({ whole: 2 ** 40 + 3 * 2 ** 26 + 3, fraction: 0 });
  });

  test('survives JSON', () => {
    for (const values of [[], [0], [3, 1e-3, 5000, 0]]) {
      const histogram = histogramOf(values);
      const data = JSON.parse(bytes(histogram)) as LogHistogramData;
      const copy = LogHistogram.fromData(data);
      expect(bytes(copy)).toBe(bytes(histogram));
      copy.add(0.5);
      histogram.add(0.5);
      expect(bytes(copy)).toBe(bytes(histogram));
      expect(copy.quantile(0.3)).toBe(histogram.quantile(0.3));
    }
  });
});
