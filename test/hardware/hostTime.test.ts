import { expect, test } from 'vitest';
import { hostTime } from '../../sim/hardware/hostTime.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';

test('the host takes a time per iteration and per row, of few rows and of more than were asked for before', () => {
  const grid = powerOfTwoGrid(20);
  const { hostMs } = hostTime({ perIterationMs: 2, perRowMs: 0.01, syncMs: 0.1 }, grid);
  for (const rows of [0, 1, 256, 257, 5000, 3, 10_001]) {
    expect(hostMs(rows)).toBe(grid.round(2 + rows * 0.01));
  }
});
