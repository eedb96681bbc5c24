// A delay before the engine, found in TTFT.
import { expect, test } from 'vitest';
import { fitFrontEnd, frontEndErrors } from '../../src/validation/fitFrontEnd.js';

const rows = [5, 10, 20, 40].flatMap((tpotMs) =>
  [50, 200, 900].map((ttftMs) => ({ ttftMs, tpotMs, measuredMs: ttftMs + 15 + 3 * tpotMs })),
);

test('15 ms and 3 iterations are found, also with one row in twelve that is five times as slow', () => {
  const exact = fitFrontEnd(rows);
  expect(exact.delayMs).toBeCloseTo(15, 3);
  expect(exact.iterations).toBeCloseTo(3, 3);
  const slow = rows.map((row, index) => ({
    ...row,
    measuredMs: (index === 7 ? 5 : 1) * row.measuredMs,
  }));
  const robust = fitFrontEnd(slow);
  expect(Math.abs(robust.delayMs - 15)).toBeLessThan(5);
  expect(Math.abs(robust.iterations - 3)).toBeLessThan(0.5);
});

test('errors are of what was measured: 100 ms and 10 of delay, 5 iterations of 2 ms, where 150 were measured, is 20%', () => {
  const row = { ttftMs: 100, tpotMs: 2, measuredMs: 150 };
  const [error] = frontEndErrors([row], { delayMs: 10, iterations: 5 });
  expect(error).toBeCloseTo(0.2);
});
