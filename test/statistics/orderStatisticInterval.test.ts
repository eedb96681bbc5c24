import { describe, expect, test } from 'vitest';
import { randomStreams } from '../../sim/kernel/random.js';
import { orderStatisticInterval } from '../../sim/statistics/orderStatisticInterval.js';

describe('orderStatisticInterval', () => {
  // Ranks from binomial tables: 20 coins show at most 5 heads with p = 0.0207, at most 6 with 0.0577.
  test.each([
    [20, 0.5, 5, 14],
    [6, 0.5, 0, 5],
    [100, 0.5, 39, 60],
    [368, 0.99, 359, 367],
    [1000, 0.99, 982, 996],
    [10_000, 0.95, 9456, 9542],
    [1_000_000, 0.999, 998_937, 999_061],
  ])('of %d values the %d-quantile lies between ranks %d and %d', (count, q, lowRank, highRank) => {
    expect(orderStatisticInterval(count, q)).toEqual({ lowRank, highRank });
  });

  test.each([
    [0, 0.5],
    [1, 0.5],
    [5, 0.5],
    [367, 0.99],
    [300, 0.01],
  ])('%d values cannot bound the %d-quantile on both sides', (count, q) => {
    expect(orderStatisticInterval(count, q)).toBeUndefined();
  });

  test('less confidence is a narrower interval', () => {
    expect(orderStatisticInterval(100, 0.5, 0.5)).toEqual({ lowRank: 46, highRank: 53 });
  });

  test('covers the true p95 of 1,000 uniform numbers in at least 95% of 2,000 samples', () => {
    const uniform = randomStreams('coverage')('ranks');
    const { lowRank, highRank } = orderStatisticInterval(1000, 0.95)!;
    let covered = 0;
    for (let i = 0; i < 2000; i++) {
      const sorted = Float64Array.from({ length: 1000 }, uniform).sort();
      if (sorted[lowRank]! <= 0.95 && sorted[highRank]! >= 0.95) covered++;
    }
    // 4 standard errors below; the ranks are whole, so a little more than 95% is right.
    expect(covered / 2000).toBeGreaterThan(0.93);
    expect(covered / 2000).toBeLessThan(0.985);
  });
});
