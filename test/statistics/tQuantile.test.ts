import { describe, expect, test } from 'vitest';
import { SimulatorBug } from '../../sim/kernel/invariant.js';
import { tQuantile } from '../../sim/statistics/tQuantile.js';

describe('tQuantile', () => {
  // The printed table, to all its digits and some more.
  test.each([
    [0.975, 1, 12.706204736174694],
    [0.975, 2, 4.302652729749462],
    [0.975, 4.5, 2.6589123472044034],
    [0.9, 9, 1.3830287383966329],
    [0.975, 9, 2.262157162798205],
    [0.995, 9, 3.249835541592126],
    [0.975, 29, 2.045229642132703],
    [0.975, 99, 1.9842169515864174],
  ])('p = %d with %d degrees of freedom is %d', (probability, degrees, exact) => {
    expect(Math.abs(tQuantile(probability, degrees) / exact - 1)).toBeLessThan(1e-11);
    expect(tQuantile(1 - probability, degrees)).toBeCloseTo(-exact, 8);
  });

  test('one degree is tan(π(p − ½)); two have a closed form too', () => {
    for (const p of [0.5, 0.6, 0.9, 0.999, 1 - 1e-9]) {
      expect(tQuantile(p, 1) / Math.tan(Math.PI * (p - 0.5) || 1)).toBeCloseTo(
        p === 0.5 ? 0 : 1,
        6,
      );
      const two = (2 * p - 1) * Math.sqrt(2 / (4 * p * (1 - p)));
      expect(Math.abs(tQuantile(p, 2) - two)).toBeLessThanOrEqual(1e-6 * two);
    }
  });

  test('many degrees come near the normal quantile', () => {
    expect(tQuantile(0.975, 1e6)).toBeCloseTo(1.959964, 5);
  });

  test.each([
    [0, 5],
    [1, 5],
    [0.9, 0],
  ])('tQuantile(%d, %d) does not exist', (probability, degrees) => {
    expect(() => tQuantile(probability, degrees)).toThrow(SimulatorBug);
  });
});
