import { describe, expect, test } from 'vitest';
import { normalQuantile } from '../../sim/kernel/normalQuantile.js';

describe('normalQuantile', () => {
  // Values from an arbitrary-precision library; one in each of the three ranges, on both sides.
  test.each([
    [1e-300, -37.0470962993612],
    [1e-10, -6.361340902404056],
    [0.01, -2.326347874040841],
    [0.3, -0.5244005127080408],
    [0.5, 0],
    [0.975, 1.9599639845400543],
    [0.999, 3.0902323061678136],
    [1 - 2 ** -53, 8.209536151601387],
  ])('of %d is %d', (probability, exact) => {
    expect(Math.abs(normalQuantile(probability) - exact)).toBeLessThanOrEqual(
      1e-15 * Math.abs(exact),
    );
  });

  test('is infinite at 0 and 1, and NaN outside', () => {
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(normalQuantile(-0.1)).toBeNaN();
    expect(normalQuantile(1.1)).toBeNaN();
    expect(normalQuantile(Number.NaN)).toBeNaN();
  });

  test('rises over 200,000 steps, and is odd around ½', () => {
    let last = Number.NEGATIVE_INFINITY;
    for (let i = 1; i < 200_000; i++) {
      const value = normalQuantile(i / 200_000);
      if (!(value > last)) expect.fail(`falls at ${i}`);
      last = value;
    }
    expect(normalQuantile(0.125)).toBe(-normalQuantile(0.875));
  });
});
