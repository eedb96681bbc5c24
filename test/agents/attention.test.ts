import { expect, test } from 'vitest';
import { attentionLoss } from '../../sim/agents/attention.js';
import { DrawKey } from '../../sim/kernel/hashDraw.js';

const model = {
  holdsMs: 10_000,
  leavesAfterMs: 30_000,
  noticeMs: { kind: 'constant', value: 60_000 },
  resumption: { baseMs: 5000, scaleMs: 20_000, awayScaleMs: 15_000, maxMs: 180_000 },
} as const;

const stayed = { noticeMs: 0, resumptionMs: 0 };
const notNoticing = () => {
  throw new Error('nobody left');
};

test('who waits no longer than attention holds never leaves', () => {
  const gaps = [{ fromMs: 0, untilMs: 10_000 }];
  expect(attentionLoss(model, gaps, 10_000, () => 0, notNoticing)).toEqual(stayed);
});

test('P(left by g) = 1 − exp(−(g − T0)/τ), within 4 standard errors over 20,000 draws', () => {
  const key = new DrawKey(1, 2);
  for (const waitMs of [11_000, 20_000, 40_000, 100_000]) {
    const gaps = [{ fromMs: 0, untilMs: waitMs }];
    let left = 0;
    for (let draw = 0; draw < 20_000; draw++) {
      const loss = attentionLoss(
        model,
        gaps,
        waitMs,
        () => key.uniform(8, draw),
        () => 1,
      );
      if (loss.noticeMs > 0) left++;
    }
    const expected = 1 - Math.exp(-(waitMs - 10_000) / 30_000);
    const standardError = Math.sqrt((expected * (1 - expected)) / 20_000);
    expect(Math.abs(left / 20_000 - expected)).toBeLessThan(4 * standardError);
  }
});

test('the resumption lag by hand: left at 10 s, yield at 40 s, noticed 60 s later, away for 90 s', () => {
  // R = 5 + 20·ln(1 + 90/15) = 5 + 20·1.9459… = 43.918 s.
  const gaps = [{ fromMs: 0, untilMs: 40_000 }];
  const loss = attentionLoss(
    model,
    gaps,
    40_000,
    () => 0,
    () => 60_000,
  );
  expect(loss.noticeMs).toBe(60_000);
  expect(loss.resumptionMs).toBeCloseTo(43_918.2, 1);
});

test('a long absence costs no more than the cap', () => {
  const gaps = [{ fromMs: 0, untilMs: 40_000 }];
  // 5 + 20·ln(1 + 1e8/15) s is far above 180 s.
  const loss = attentionLoss(
    model,
    gaps,
    40_000,
    () => 0,
    () => 1e11,
  );
  expect(loss.resumptionMs).toBe(180_000);
});

test('a hazard begins anew with each gap: many short ones hold attention', () => {
  const gaps = Array.from({ length: 100 }, (_, i) => ({
    fromMs: i * 20_000,
    untilMs: i * 20_000 + 10_000,
  }));
  expect(attentionLoss(model, gaps, 2_000_000, () => 0, notNoticing)).toEqual(stayed);
});

test('who leaves in an early gap is away until the yield is noticed, whatever came in between', () => {
  const gaps = [
    { fromMs: 0, untilMs: 20_000 },
    { fromMs: 50_000, untilMs: 80_000 },
  ];
  // Leaves at 10 s, the yield is at 80 s, noticed at 90 s: away for 80 s. R = 5 + 20·ln(1 + 80/15) = 41.916 s.
  const asked: number[] = [];
  const early = attentionLoss(
    model,
    gaps,
    80_000,
    (gap) => {
      asked.push(gap);
      return 0;
    },
    () => 10_000,
  );
  expect(asked).toEqual([0]);
  expect(early.resumptionMs).toBeCloseTo(41_916.5, 1);
  // Stays through the first gap (1 − e^−10/30 = 0.283), leaves at 60 s in the second: away for 30 s.
  const late = attentionLoss(
    model,
    gaps,
    80_000,
    (gap) => (gap === 0 ? 0.29 : 0),
    () => 10_000,
  );
  expect(late.resumptionMs).toBeCloseTo(5000 + 20_000 * Math.log(3), 6);
});
