import { expect, test } from 'vitest';
import { samplesNeeded } from '../../sim/statistics/samplesNeeded.js';

test.each([
  [0, 10],
  [0.5, 20],
  [0.9, 100],
  [0.95, 200],
  [0.99, 1000],
  [0.999, 10_000],
  [0.9999, 100_000],
  [0.97, 334],
  [1, Infinity],
])('samplesNeeded(%d) is %d', (q, count) => {
  expect(samplesNeeded(q)).toBe(count);
});
