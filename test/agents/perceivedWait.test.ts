import fc from 'fast-check';
import { expect, test } from 'vitest';
import { perceiveTurn } from '../../sim/agents/perceivedWait.js';

/** 5 tokens a second. */
const reading = 0.005;

test('streaming prose costs the first-useful wait', () => {
  // 100 tokens come from 2 s to 4 s and take 20 s to read: at the yield 18 s are unread.
  expect(perceiveTurn(0, 4000, [{ fromMs: 2000, untilMs: 4000, tokens: 100 }], reading)).toEqual({
    waitMs: 2000,
    firstUsefulMs: 2000,
    unreadMs: 18_000,
    gaps: [{ fromMs: 0, untilMs: 2000 }],
  });
});

test('a silent tool loop costs all of the turn', () => {
  expect(perceiveTurn(1000, 61_000, [], reading)).toEqual({
    waitMs: 60_000,
    firstUsefulMs: 61_000,
    unreadMs: 0,
    gaps: [{ fromMs: 1000, untilMs: 61_000 }],
  });
});

test('what is read in the middle of a loop shortens the wait by its reading time', () => {
  // 10 tokens at 5 s: read from 5 s to 7 s. 5 tokens at 20 s: read to 21 s. The yield is at 30 s.
  const outputs = [
    { fromMs: 20_000, untilMs: 20_000, tokens: 5 },
    { fromMs: 5000, untilMs: 5000, tokens: 10 },
  ];
  const turn = perceiveTurn(0, 30_000, outputs, reading);
  expect(turn.waitMs).toBe(5000 + 13_000 + 9000);
  expect(turn.gaps.map(({ fromMs, untilMs }) => [fromMs, untilMs])).toEqual([
    [0, 5000],
    [7000, 20_000],
    [21_000, 30_000],
  ]);
  expect([turn.firstUsefulMs, turn.unreadMs]).toEqual([5000, 0]);
});

test('output slower than reading is read as it comes, and is no wait', () => {
  // 10 tokens over 10 s, readable in 2 s.
  const turn = perceiveTurn(0, 12_000, [{ fromMs: 1000, untilMs: 11_000, tokens: 10 }], reading);
  expect(turn.waitMs).toBe(1000 + 1000);
});

test('outputs that overlap are read one after the other', () => {
  // Each takes 4 s to read: from 1 s to 9 s.
  const outputs = [
    { fromMs: 1000, untilMs: 2000, tokens: 20 },
    { fromMs: 1500, untilMs: 2500, tokens: 20 },
  ];
  expect(perceiveTurn(0, 10_000, outputs, reading)).toMatchObject({ waitMs: 2000, unreadMs: 0 });
  expect(perceiveTurn(0, 5000, outputs, reading)).toMatchObject({ waitMs: 1000, unreadMs: 4000 });
});

test('what comes with the yield is read after it', () => {
  const answer = { fromMs: 3000, untilMs: 3000, tokens: 10 };
  expect(perceiveTurn(0, 3000, [answer], reading)).toMatchObject({ waitMs: 3000, unreadMs: 2000 });
});

test('output after the yield, and output of nothing, is no output of the turn', () => {
  const outputs = [
    { fromMs: 5000, untilMs: 6000, tokens: 20 },
    { fromMs: 1000, untilMs: 1000, tokens: 0 },
  ];
  expect(perceiveTurn(0, 4000, outputs, reading)).toMatchObject({
    waitMs: 4000,
    firstUsefulMs: 4000,
    unreadMs: 0,
  });
});

test('waits are the gaps, lie inside the turn, and with the reading fill it', () => {
  const output = fc.record({
    fromMs: fc.nat(2000),
    lastsMs: fc.nat(500),
    tokens: fc.nat(10),
  });
  fc.assert(
    fc.property(fc.array(output), fc.integer({ min: 1, max: 1500 }), (drawn, yieldMs) => {
      const outputs = drawn.map(({ fromMs, lastsMs, tokens }) => ({
        fromMs,
        untilMs: fromMs + lastsMs,
        tokens,
      }));
      const { waitMs, gaps, firstUsefulMs, unreadMs } = perceiveTurn(0, yieldMs, outputs, reading);
      expect(gaps.reduce((sum, gap) => sum + gap.untilMs - gap.fromMs, 0)).toBeCloseTo(waitMs, 9);
      expect(waitMs).toBeLessThanOrEqual(yieldMs);
      expect(firstUsefulMs).toBeLessThanOrEqual(yieldMs);
      if (outputs.every(({ tokens }) => tokens === 0)) expect(waitMs).toBe(yieldMs);
      // Reading at any pace between them never starts before something is there.
      if (gaps.length > 0 && gaps[0]!.fromMs === 0) expect(gaps[0]!.untilMs).toBe(firstUsefulMs);
      for (let i = 1; i < gaps.length; i++) {
        expect(gaps[i]!.fromMs).toBeGreaterThan(gaps[i - 1]!.untilMs - 1e-9);
      }
      const isWaitingAtTheEnd = gaps.at(-1)?.untilMs === yieldMs;
      if (isWaitingAtTheEnd) expect(unreadMs).toBe(0);
    }),
    { seed: 1 },
  );
});
