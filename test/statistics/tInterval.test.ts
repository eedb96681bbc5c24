import { describe, expect, test } from 'vitest';
import { SimulatorBug } from '../../sim/kernel/invariant.js';
import { normalQuantile } from '../../sim/kernel/normalQuantile.js';
import { randomStreams } from '../../sim/kernel/random.js';
import { tInterval } from '../../sim/statistics/tInterval.js';

describe('tInterval', () => {
  test('of 8, 10, 12: mean 10, standard deviation 2, half-width 4.3027 · 2/√3', () => {
    const { mean, halfWidth } = tInterval([8, 10, 12]);
    expect(mean).toBe(10);
    expect(halfWidth).toBeCloseTo((4.302652729749462 * 2) / Math.sqrt(3), 12);
  });

  test('a higher confidence is a wider interval: 99% of ten values is 3.2498 / 2.2622 as wide', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11];
    const ratio = tInterval(values, 0.99).halfWidth / tInterval(values).halfWidth;
    expect(ratio).toBeCloseTo(3.249835541592126 / 2.262157162798205, 12);
  });

  test('equal values have exactly their own mean and no spread', () => {
    expect(tInterval([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])).toEqual({ mean: 0.1, halfWidth: 0 });
  });

  test('one value has a mean and no interval, none is a bug', () => {
    expect(tInterval([7])).toEqual({ mean: 7, halfWidth: Number.NaN });
    expect(() => tInterval([])).toThrow(SimulatorBug);
  });

  test('covers the mean of normal data in 95% of 4,000 experiments with 10 values', () => {
    const uniform = randomStreams('coverage')('normal');
    let covered = 0;
    for (let i = 0; i < 4000; i++) {
      const values = Array.from({ length: 10 }, () => 5 + 2 * normalQuantile(1 - uniform()));
      const { mean, halfWidth } = tInterval(values);
      if (Math.abs(mean - 5) <= halfWidth) covered++;
    }
    // 4 standard errors.
    expect(Math.abs(covered / 4000 - 0.95)).toBeLessThan(0.0138);
  });

  test('covers the mean wait of M/M/1 at load 0.5 over replications, but not over one run', () => {
    const uniform = randomStreams('coverage')('queue');
    const exponential = (mean: number) => -mean * Math.log(1 - uniform());
    // Mean wait 1 where service takes 1 and arrivals are 2 apart. The first 200 are warm-up.
    const waitsOfRun = () => {
      const waits: number[] = [];
      let wait = 0;
      for (let n = 0; n < 2200; n++) {
        if (n >= 200) waits.push(wait);
        wait = Math.max(0, wait + exponential(1) - exponential(2));
      }
      return waits;
    };
    let byReplications = 0;
    let byOneRun = 0;
    for (let i = 0; i < 400; i++) {
      const runs = Array.from({ length: 10 }, waitsOfRun);
      const over = tInterval(runs.map((waits) => tInterval(waits).mean));
      if (Math.abs(over.mean - 1) <= over.halfWidth) byReplications++;
      const single = tInterval(runs[0]!);
      if (Math.abs(single.mean - 1) <= single.halfWidth) byOneRun++;
    }
    expect(byReplications / 400).toBeGreaterThan(0.9);
    expect(byOneRun / 400).toBeLessThan(0.6);
  });
});
