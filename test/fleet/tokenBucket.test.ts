import { expect, test } from 'vitest';
import { TokenBucket } from '../../sim/fleet/tokenBucket.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';

const grid = powerOfTwoGrid(27);

/** When requests of these costs get in, each trying every `everyMs` from 0 on. */
function entries(bucket: TokenBucket, costs: readonly number[], everyMs: number): number[] {
  const entered = costs.map(() => Number.NaN);
  for (let timeMs = 0; entered.some(Number.isNaN); timeMs += everyMs) {
    for (const [index, cost] of costs.entries()) {
      if (!Number.isNaN(entered[index]!) || !bucket.holds(cost, timeMs)) continue;
      bucket.take(cost, timeMs);
      entered[index] = timeMs;
    }
  }
  return entered;
}

test('10 a second and a burst of 20: of 100 at once 20 enter, then one every 100 ms, the last at 8 s', () => {
  const times = entries(
    new TokenBucket(grid, 0.01, 20),
    Array.from({ length: 100 }, () => 1),
    50,
  );
  expect(times).toEqual(Array.from({ length: 100 }, (_, index) => 100 * Math.max(0, index - 19)));
});

test('an idle bucket fills to its burst and no further', () => {
  const bucket = new TokenBucket(grid, 0.01, 3);
  for (const timeMs of [0, 0, 0]) bucket.take(1, timeMs);
  expect([bucket.holds(1, 99), bucket.holds(1, 100)]).toEqual([false, true]);
  expect([bucket.holds(3, 299), bucket.holds(3, 300)]).toEqual([false, true]);
  for (let i = 0; i < 3; i++) bucket.take(1, 1e6);
  expect(bucket.holds(1, 1e6)).toBe(false);
});

test('tokens: who costs more than a burst enters a full bucket, and others wait until the debt is paid', () => {
  // 1 token/ms, at most 100: 250 enter at 0 and leave −150; 50 are there at 200.
  const bucket = new TokenBucket(grid, 1, 100);
  expect(bucket.holds(250, 0)).toBe(true);
  bucket.take(250, 0);
  expect([bucket.holds(50, 199), bucket.holds(50, 200)]).toEqual([false, true]);
  expect([bucket.holds(250, 249), bucket.holds(250, 250)]).toEqual([false, true]);
});

test('a rate that no float holds does not drift: the millionth of a thousand a third of a second each', () => {
  const bucket = new TokenBucket(grid, 3, 1);
  const stepMs = grid.round(1 / 3);
  for (let i = 0; i < 1_000_000; i++) {
    const timeMs = i * stepMs;
    if (!bucket.holds(1, timeMs)) expect([i, 'refused']).toEqual([i, 'entered']);
    bucket.take(1, timeMs);
  }
});
