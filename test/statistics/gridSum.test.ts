import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GridSum } from '../../sim/statistics/gridSum.js';

describe('GridSum', () => {
  test('counts grid values exactly, whatever the counts and the order', () => {
    const term = fc.record({
      steps: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      count: fc.oneof(
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 2 ** 24, max: 2 ** 30 }),
      ),
    });
    fc.assert(
      fc.property(fc.array(term, { maxLength: 20 }), (terms) => {
        const sum = new GridSum();
        let exact = 0n;
        for (const { steps, count } of terms) {
          sum.add(steps * 2 ** -27, count);
          exact += BigInt(steps) * BigInt(count);
        }
        expect(BigInt(sum.whole)).toBe(exact >> 27n);
        expect(BigInt(sum.fraction * 2 ** 27)).toBe(exact & (2n ** 27n - 1n));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test('other values are rounded to the grid: a third, three times, is 2^-27 above 1', () => {
    const sum = new GridSum();
    sum.add(1 / 3, 3);
    expect(sum.total).toBe(1 + 2 ** -27);
  });

  test('merge adds whole and fraction', () => {
    const a = new GridSum();
    const b = new GridSum();
    a.add(1.75, 1);
    b.add(2.5, 1);
    a.merge(b);
    expect([a.whole, a.fraction, a.total]).toEqual([4, 0.25, 4.25]);
  });
});
