import { expect, test } from 'vitest';
import { touchedExperts } from '../../sim/hardware/touchedExperts.js';

// 8·(1 − (6/8)^n): 2, 8·(1 − 0.5625) = 3.5, 8·(1 − 0.421875) = 4.625.
test.each([
  [0, 0],
  [1, 2],
  [2, 3.5],
  [3, 4.625],
  [8192, 8],
])('%d tokens touch %d of 8 experts when each picks 2', (tokens, touched) => {
  expect(touchedExperts(8, 2, tokens)).toBe(touched);
});

test('one token touches as many experts as it picks', () => {
  expect(touchedExperts(128, 4, 1)).toBe(4);
  expect(touchedExperts(384, 8, 1)).toBeCloseTo(8, 10);
});

test('100 tokens that pick 8 of 256 touch 256·(1 − (31/32)^100) = 245.30', () => {
  // (31/32)^100 = e^(100·ln 0.96875) = e^−3.174870 = 0.041800.
  expect(touchedExperts(256, 8, 100)).toBeCloseTo(245.299, 2);
});
