import { portableLog } from '../kernel/portableLog.js';
import type { AttentionModel } from './sessionWorkload.js';

/** Attention lost in one turn; both 0 for a human who stayed. */
export interface AttentionLoss {
  /** From the yield until the human notices it. */
  readonly noticeMs: number;
  /** From then until the thread is found again. */
  readonly resumptionMs: number;
}

const stayed: AttentionLoss = { noticeMs: 0, resumptionMs: 0 };

/**
 * Does the human leave during the waits of a turn, and what does that cost? Each contiguous wait has a
 * hazard of its own: none up to `holdsMs`, then a constant one.
 *
 * @param leavingDraw uniform draw for the i-th wait
 * @param noticeMs the drawn delay to notice, if somebody left
 */
export function attentionLoss(
  model: AttentionModel,
  gaps: readonly { readonly fromMs: number; readonly untilMs: number }[],
  yieldMs: number,
  leavingDraw: (gap: number) => number,
  noticeMs: () => number,
): AttentionLoss {
  for (const [index, { fromMs, untilMs }] of gaps.entries()) {
    if (untilMs - fromMs <= model.holdsMs) continue;
    const staysMs = model.holdsMs - model.leavesAfterMs * portableLog(1 - leavingDraw(index));
    if (fromMs + staysMs >= untilMs) continue;
    const notice = noticeMs();
    const awayMs = yieldMs - (fromMs + staysMs) + notice;
    const { baseMs, scaleMs, awayScaleMs, maxMs } = model.resumption;
    const lagMs = baseMs + scaleMs * portableLog(1 + awayMs / awayScaleMs);
    return { noticeMs: notice, resumptionMs: Math.min(maxMs, lagMs) };
  }
  return stayed;
}
