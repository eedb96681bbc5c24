import { describe, expect, test } from 'vitest';
import { gammaQuantile } from '../../sim/laws/gammaQuantile.js';

describe('gammaQuantile', () => {
  // Values from another library.
  test.each([
    [0.04, 0.5, 1.7281646839426008e-8],
    [0.25, 0.01, 6.74969792955846e-9],
    [1, 0.5, Math.LN2],
    [1, 1 - 2 ** -53, 53 * Math.LN2],
    [4, 0.5, 3.672060748850897],
    [100, 0.999, 133.7702639113786],
    [1e4, 0.975, 10196.941824999883],
  ])('of shape %d at %d is %d', (shape, probability, exact) => {
    expect(Math.abs(gammaQuantile(shape)(probability) / exact - 1)).toBeLessThan(1e-12);
  });

  test('is 0 at 0, infinite at 1, and 0 where the smallest float is too large', () => {
    expect(gammaQuantile(2)(0)).toBe(0);
    expect(gammaQuantile(2)(1)).toBe(Number.POSITIVE_INFINITY);
    expect(gammaQuantile(0.001)(0.1)).toBe(0);
  });

  test.each([0.01, 0.3, 1, 1.7, 30, 3000])(
    'never falls over 10,000 steps for shape %d',
    (shape) => {
      const quantile = gammaQuantile(shape);
      let last = 0;
      for (let i = 1; i < 10_000; i++) {
        const value = quantile(i / 10_000);
        if (value < last) expect.fail(`falls at ${i}`);
        last = value;
      }
      expect(last).toBeGreaterThan(0);
    },
  );
});
