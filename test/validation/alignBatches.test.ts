// Batches of two runs of the same requests, side by side.
import { describe, expect, test } from 'vitest';
import { alignBatches, timeWithEqualRows } from '../../src/validation/alignBatches.js';
import { promptShifts } from '../../src/validation/promptShifts.js';
import { reconstructedBatches } from '../../src/validation/reconstructedBatches.js';

// Three requests of 100 prompt tokens and 4 output tokens. The first finds the engine idle, so it is no step.
const requestsAt = (...firstTokenMs: number[]) =>
  firstTokenMs.map((ms) => ({ promptTokens: 100, outputTokens: 4, firstTokenMs: ms }));
const step = (decodeRows: number, prompts: number, durationMs: number) => ({
  decodeRows,
  prompts,
  durationMs,
});

// The second prompt runs beside token 1 of the first request. The third finds the engine idle again.
const { batches: real, unlike } = reconstructedBatches(
  [
    step(1, 1, 30),
    step(2, 0, 10),
    step(2, 0, 10),
    step(1, 0, 10),
    step(1, 0, 10),
    step(1, 0, 10),
    step(1, 0, 10),
  ],
  requestsAt(40, 70, 200),
);
// Here the second prompt comes one batch later, and is joined by the third.
const { batches: simulated } = reconstructedBatches(
  [step(1, 0, 10), step(1, 2, 50), step(3, 0, 10), step(2, 0, 10), step(2, 0, 10)],
  requestsAt(40, 100, 100),
);

describe('a run put together from its steps', () => {
  test('prompts in an idle engine are batches too, of unknown duration; requests decode until they end', () => {
    expect(unlike).toBe(0);
    expect(real.map(({ rows }) => rows.map(({ request, token }) => [request, token]))).toEqual([
      [],
      [[0, 1]],
      [
        [0, 2],
        [1, 1],
      ],
      [
        [0, 3],
        [1, 2],
      ],
      [[1, 3]],
      [],
      [[2, 1]],
      [[2, 2]],
      [[2, 3]],
    ]);
    expect(real.map(({ prompts }) => prompts)).toEqual([[0], [1], [], [], [], [2], [], [], []]);
    expect(real.map(({ endMs }) => endMs)).toEqual([40, 70, 80, 90, 100, 200, 210, 220, 230]);
    expect(real.map(({ durationMs }) => durationMs)[5]).toBeNaN();
    expect(real[2]!.contextTokens).toBe(102 + 101);
  });

  test('a step with other rows than the requests say is counted', () => {
    expect(reconstructedBatches([step(2, 0, 10)], requestsAt(40)).unlike).toBe(1);
  });
});

describe('batches side by side', () => {
  test('a batch is paired with the one that holds the same token of its newest request', () => {
    const rows = alignBatches(real, simulated).map(({ one, other }) => [
      one.rows.length,
      other.rows.length,
      one.promptTokens,
      other.promptTokens,
    ]);
    expect(rows).toEqual([
      [0, 0, 100, 100], // prompt of 0
      [1, 1, 100, 0], // token 1 of 0
      [2, 3, 0, 0], // tokens 1, 2, 3 of 1
      [2, 2, 0, 0],
      [1, 2, 0, 0],
      [0, 1, 100, 200], // prompt of 2, beside which 0 decodes when simulated
      [1, 3, 0, 0], // tokens 1, 2, 3 of 2
      [1, 2, 0, 0],
      [1, 2, 0, 0],
    ]);
  });

  test('prompts: in the same batch, one later by the clock, and in an idle engine in one run only', () => {
    const [first, second, third] = promptShifts(real, simulated);
    expect(first!.batches).toBe(0);
    // Right after the first prompt; simulated, after a batch of 10 ms.
    expect(second).toEqual({ batches: 1, clockMs: 10, speedMs: 0 });
    expect(third!.batches).toBeUndefined();
  });

  test('prompts: one later because batches of 10 ms take 6 there', () => {
    const longer = { promptTokens: 100, outputTokens: 9, firstTokenMs: 40 };
    const other = { promptTokens: 100, outputTokens: 4, firstTokenMs: 100 };
    const slow = [step(1, 0, 10), step(1, 0, 10), step(1, 1, 40), step(2, 0, 10)];
    const one = reconstructedBatches(slow, [longer, other]).batches;
    const fast = [step(1, 0, 6), step(1, 0, 6), step(1, 0, 6), step(1, 1, 40)];
    const two = reconstructedBatches(fast, [longer, other]).batches;
    expect(promptShifts(one, two)[1]).toEqual({ batches: 1, clockMs: -2, speedMs: 8 });
    expect(promptShifts(two, one)[1]).toEqual({ batches: -1, clockMs: 2, speedMs: -8 });
  });

  test('by the clock: rows 1 from 40 to 70, 2 to 90, 1 to 100, none to 200, 1 to 230; simulated 1 to 100, 3 to 110, 2 to 130', () => {
    // Equal from 40 to 70, 90 to 100 and 130 to 200, of 190 ms.
    expect(timeWithEqualRows(real, simulated)).toBeCloseTo(110 / 190);
    expect(timeWithEqualRows(real, real)).toBe(1);
  });
});
