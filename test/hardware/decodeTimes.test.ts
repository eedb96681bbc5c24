import { expect, test } from 'vitest';
import { DecodeTimes } from '../../sim/hardware/decodeTimes.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';

const grid = powerOfTwoGrid(3); // quantum 0.125 ms

function times(contextMsPerToken: number, calls: number[] = []) {
  const model = {
    constantMs: (rows: number) => {
      calls.push(rows);
      return 1 + rows / 10;
    },
    contextMsPerToken: () => contextMsPerToken,
    windowedMsPerToken: () => 0.3,
  };
  return new DecodeTimes(model, grid);
}

test('the step of all rows is rounded, not the slope of one token', () => {
  // 10 rows · 0.02 ms = 0.2 ms, on the grid 0.25; a slope of 0.02 alone would round to 0.
  const decode = times(0.02);
  expect(decode.growthMs(10, 0)).toBe(0.25);
  // constant 2, 1,000 tokens are 100 steps
  expect(decode.deviceMs(10, 1000, 0)).toBe(2 + 100 * 0.25);
  // 7 tokens more: 0.14 ms, on the grid 0.125
  expect(decode.deviceMs(10, 1007, 0)).toBe(2 + 100 * 0.25 + 0.125);
});

test('windowed tokens count one by one: 0.3 ms is 0.25 on the grid', () => {
  const decode = times(0.02);
  expect(decode.deviceMs(10, 0, 6)).toBe(2 + 6 * 0.25);
  expect(decode.growthMs(10, 4)).toBe(0.25 + 4 * 0.25);
});

test('each number of rows is computed once', () => {
  const calls: number[] = [];
  const decode = times(0.02, calls);
  for (let i = 0; i < 1000; i++) decode.deviceMs(1 + (i % 3), i, 0);
  decode.deviceMs(5000, 10_000, 0);
  decode.growthMs(5000, 0);
  decode.growthMs(3, 0);
  expect(calls).toEqual([1, 2, 3, 5000]);
});
