import { describe, expect, test } from 'vitest';
import type { ScaleUpLink } from '../../sim/hardware/accelerator.js';
import { allReduceTime } from '../../sim/hardware/allReduceTime.js';

const link: ScaleUpLink = {
  domain: 8,
  bytesPerSec: 100e9,
  latencyMs: 0.01,
  allReduce: [{ accelerators: 4, messageBytes: [1000, 2000, 4000], timesMs: [0.5, 1, 4] }],
};

describe('with a table for the group', () => {
  test.each([
    ['below the table, the first time', 10, 0.5],
    ['on a point', 2000, 1],
    ['between points, on the line', 3000, 2.5],
    ['beyond the table, along the last line', 6000, 7],
  ])('%s', (_where, bytes, timeMs) => {
    expect(allReduceTime(link, 4)(bytes)).toBeCloseTo(timeMs, 12);
  });
});

test('without a table, latency plus 2·(n − 1)/n passes: 0.01 ms + 1.75 · 10 MB / 100 GB/s', () => {
  expect(allReduceTime(link, 8)(10e6)).toBeCloseTo(0.185, 12);
});

test('a single accelerator reduces nothing', () => {
  expect(allReduceTime(link, 1)(1e9)).toBe(0);
  expect(allReduceTime(undefined, 1)(1e9)).toBe(0);
});
