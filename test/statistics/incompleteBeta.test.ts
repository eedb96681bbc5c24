import { describe, expect, test } from 'vitest';
import { incompleteBeta } from '../../sim/statistics/incompleteBeta.js';

describe('incompleteBeta', () => {
  test('I_x(1, 1) = x, I_x(2, 1) = x², I_x(½, ½) = (2/π)·asin √x', () => {
    for (const x of [0, 1e-9, 0.1, 0.5, 0.77, 1 - 1e-9, 1]) {
      expect(incompleteBeta(1, 1, x)).toBeCloseTo(x, 13);
      expect(incompleteBeta(2, 1, x)).toBeCloseTo(x * x, 13);
    }
    for (const x of [0, 1e-9, 0.1, 0.5, 0.77, 1]) {
      const arcsine = (2 / Math.PI) * Math.asin(Math.sqrt(x));
      expect(incompleteBeta(0.5, 0.5, x)).toBeCloseTo(arcsine, 13);
      expect(incompleteBeta(0.5, 0.5, 1 - x)).toBeCloseTo(1 - arcsine, 11);
    }
  });

  test('is the sum of a binomial: 3 or more heads of 10 have probability 968/1024', () => {
    expect(incompleteBeta(3, 8, 0.5)).toBeCloseTo(968 / 1024, 13);
  });

  test('for a million draws: half of a symmetric one lies on either side', () => {
    expect(incompleteBeta(5e5, 5e5, 0.5)).toBeCloseTo(0.5, 9);
  });
});
