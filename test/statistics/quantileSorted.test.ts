import { quantileSorted as d3QuantileSorted } from 'd3-array';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantileSorted } from '../../sim/statistics/quantileSorted.js';

describe('quantileSorted', () => {
  test.each([
    [0, 10],
    [0.25, 17.5],
    [0.5, 25],
    [0.9, 37],
    [1, 40],
  ])('the %d-quantile of 10, 20, 30, 40 is %d', (q, value) => {
    expect(quantileSorted(Float64Array.of(10, 20, 30, 40), q)).toBeCloseTo(value, 12);
  });

  test('of nothing is NaN, of one value that value', () => {
    expect(quantileSorted(new Float64Array(), 0.5)).toBeNaN();
    expect(quantileSorted(Float64Array.of(3), 0.99)).toBe(3);
  });

  test('infinite neighbours do not give NaN', () => {
    expect(quantileSorted(Float64Array.of(1, Infinity, Infinity), 1)).toBe(Infinity);
    expect(quantileSorted(Float64Array.of(1, Infinity, Infinity), 0.75)).toBe(Infinity);
  });

  test('agrees with d3-array on any values', () => {
    const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (unsorted, q) => {
        const sorted = Float64Array.from(unsorted).sort();
        const expected = d3QuantileSorted(Array.from(sorted), q)!;
        expect(Math.abs(quantileSorted(sorted, q) - expected)).toBeLessThanOrEqual(
          1e-12 * Math.max(Math.abs(sorted[0]!), Math.abs(sorted.at(-1)!)),
        );
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
