import { describe, expect, test } from 'vitest';
import { leastSquares } from '../../src/calibrate/leastSquares.js';

const options = { wildBeyond: 0.1, maxSteps: 50 };
const xs = [1, 2, 4, 8, 16, 32];

describe('least squares with bounds', () => {
  test('y = 3 + 0.5x from six exact points', () => {
    const fit = leastSquares(
      [
        { name: 'a', start: 0, min: 0, max: 10 },
        { name: 'b', start: 5, min: 0, max: 10 },
      ],
      ([a = 0, b = 0]) => Float64Array.from(xs, (x) => Math.log((a + b * x) / (3 + 0.5 * x))),
      options,
    );
    expect(fit.values[0]).toBeCloseTo(3, 4);
    expect(fit.values[1]).toBeCloseTo(0.5, 4);
    expect(fit.atBound).toEqual([]);
  });

  test('one point that is off by a factor of ten moves it by less than 10%', () => {
    const wild = (x: number) => (x === 8 ? 10 : 1) * (3 + 0.5 * x);
    const fit = leastSquares(
      [
        { name: 'a', start: 1, min: 0, max: 10 },
        { name: 'b', start: 1, min: 0, max: 10 },
      ],
      ([a = 0, b = 0]) => Float64Array.from(xs, (x) => Math.log((a + b * x) / wild(x))),
      options,
    );
    for (const x of xs) {
      const [a = 0, b = 0] = fit.values;
      expect(Math.abs((a + b * x) / (3 + 0.5 * x) - 1)).toBeLessThan(0.1);
    }
  });

  test('a parameter that wants to leave its bounds stops there and is named', () => {
    const fit = leastSquares(
      [{ name: 'share', start: 0.5, min: 0, max: 1 }],
      ([share = 0]) => Float64Array.from([share - 2]),
      options,
    );
    expect(fit.values).toEqual([1]);
    expect(fit.atBound).toEqual(['share']);
  });

  test('a parameter without influence stays where it is', () => {
    const fit = leastSquares(
      [
        { name: 'a', start: 0.2, min: 0, max: 1 },
        { name: 'idle', start: 0.3, min: 0, max: 1 },
      ],
      ([a = 0]) => Float64Array.from([a - 0.7]),
      options,
    );
    expect(fit.values[0]).toBeCloseTo(0.7, 6);
    expect(fit.values[1]).toBe(0.3);
  });
});
