import { describe, expect, test } from 'vitest';
import { SimulatorBug } from '../../sim/kernel/invariant.js';
import { randomStreams } from '../../sim/kernel/random.js';
import { pairedDifference } from '../../sim/statistics/pairedDifference.js';

const lower = { better: 'lower' } as const;

describe('pairedDifference', () => {
  test('of 10, 20, 30 and 9, 18, 29: difference −4/3 ± 4.3027/√9, ratio 56/60', () => {
    const { difference, ratio } = pairedDifference([10, 20, 30], [9, 18, 29], lower);
    expect(difference.mean).toBeCloseTo(-4 / 3, 14);
    // Differences −1, −2, −1 have variance 1/3.
    expect(difference.halfWidth).toBeCloseTo(4.302652729749462 / 3, 12);
    expect(ratio.mean).toBeCloseTo(56 / 60, 14);
  });

  test('pairs that all shrink by a tenth have ratio 0.9 without doubt', () => {
    const { ratio } = pairedDifference([10, 20, 30, 40], [9, 18, 27, 36], lower);
    expect(ratio.mean).toBeCloseTo(0.9, 14);
    expect(ratio.halfWidth).toBeLessThan(1e-14);
  });

  test.each([
    ['a lower wait is better', [5, 6, 7, 8], [4, 5.1, 6, 6.9], 'lower', 'better'],
    ['a higher wait is worse', [4, 5.1, 6, 6.9], [5, 6, 7, 8], 'lower', 'worse'],
    ['a higher goodput is better', [4, 5.1, 6, 6.9], [5, 6, 7, 8], 'higher', 'better'],
    ['the same shift everywhere is shown', [1, 2, 3], [2, 3, 4], 'lower', 'worse'],
    ['equal values show nothing', [1, 2, 3], [1, 2, 3], 'lower', 'no difference shown'],
    ['noise shows nothing', [1, 2, 3], [3, 1, 2.5], 'lower', 'no difference shown'],
    ['one pair shows nothing', [1], [2], 'lower', 'no difference shown'],
  ] as const)('%s', (_, baseline, candidate, better, verdict) => {
    expect(pairedDifference(baseline, candidate, { better }).verdict).toBe(verdict);
  });

  test('a stricter confidence withdraws a weak verdict', () => {
    const baseline = [5, 6, 7, 8, 9];
    const candidate = [4, 6.2, 6, 7.5, 8];
    expect(pairedDifference(baseline, candidate, lower).verdict).toBe('better');
    const strict = { better: 'lower', confidence: 0.995 } as const;
    expect(pairedDifference(baseline, candidate, strict).verdict).toBe('no difference shown');
  });

  test('a ratio to nothing does not exist', () => {
    expect(pairedDifference([0, 0], [1, 2], lower).ratio.mean).toBeNaN();
  });

  test('a value without its pair is a bug', () => {
    expect(() => pairedDifference([1, 2], [1], lower)).toThrow(SimulatorBug);
  });

  test('the interval of the ratio covers the true one in about 95% of 2,000 comparisons', () => {
    const uniform = randomStreams('ratio')('pairs');
    let covered = 0;
    for (let i = 0; i < 2000; i++) {
      const baseline = Array.from({ length: 10 }, () => 8 + 4 * uniform());
      const candidate = baseline.map((value) => 1.2 * value + uniform() - 0.5);
      const { ratio } = pairedDifference(baseline, candidate, lower);
      if (Math.abs(ratio.mean - 1.2) <= ratio.halfWidth) covered++;
    }
    expect(Math.abs(covered / 2000 - 0.95)).toBeLessThan(0.025);
  });
});
