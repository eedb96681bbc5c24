import type { MeasuredWindow } from './measuredWindow.js';
import { type TurnPartition, turnPartition } from './turnPartition.js';
import type { TurnSlice } from './turnSlice.js';

/** Where the attended time inside the window of a slice went, in ms. */
export interface AttendedTime {
  /** H, A and X of the turns of humans with one session, off-task turns apart. */
  readonly engagedMs: number;
  readonly waitMs: number;
  readonly lostMs: number;
  /** Of humans with several sessions: time at one of them, out of the time that they are there. */
  readonly seatBusyMs: number;
  readonly seatMs: number;
  /** Turns submitted in the window that are in all of this. */
  readonly turns: number;
  /** Turns left out: the human was off-task after them. */
  readonly offTaskTurns: number;
}

/**
 * Adds up the attended time of a slice. Turns of hours reach into the window from before it, and out of it: each
 * counts with what of it lies inside, so that the shares do not depend on how long the run is.
 */
export function attendedTime(slice: TurnSlice): AttendedTime {
  const { agents, facts, window } = slice;
  const { turns } = agents;
  const total = { engagedMs: 0, waitMs: 0, lostMs: 0, turns: 0, offTaskTurns: 0 };
  for (let row = 0; row < turns.count; row++) {
    const population = facts[turns.population[row]!];
    if (population === undefined) continue;
    const submitMs = turns.submitMs[row]!;
    const isNew = submitMs >= window.fromMs && submitMs <= window.toMs;
    if (population.sharesHuman) {
      if (isNew) total.turns++;
      continue;
    }
    const part = turnPartition(turns, row);
    if (part === undefined) continue;
    if (part.afterYieldMs > population.offTaskMs) {
      if (isNew) total.offTaskTurns++;
      continue;
    }
    if (isNew) total.turns++;
    addInside(total, part, submitMs, turns.yieldMs[row]!, window);
  }
  const seats = facts.reduce(
    (sum, population) => sum + (population?.sharesHuman ? population.users! : 0),
    0,
  );
  const seatMs = seats * (window.toMs - window.fromMs);
  return { ...total, seatBusyMs: seats > 0 ? seatBusyMs(slice) : 0, seatMs };
}

/** Until the yield, waiting and reading are taken as evenly mixed; then attention comes back, then the answer. */
function addInside(
  total: { engagedMs: number; waitMs: number; lostMs: number },
  part: TurnPartition,
  submitMs: number,
  yieldMs: number,
  window: MeasuredWindow,
): void {
  const inside = (fromMs: number, toMs: number) =>
    Math.max(0, Math.min(window.toMs, toMs) - Math.max(window.fromMs, fromMs));
  const aiMs = yieldMs - submitMs;
  const share = aiMs > 0 ? inside(submitMs, yieldMs) / aiMs : 0;
  total.waitMs += share * part.waitMs;
  total.engagedMs += share * (aiMs - part.waitMs);
  const backMs = yieldMs + part.lostMs;
  total.lostMs += inside(yieldMs, backMs);
  total.engagedMs += inside(backMs, yieldMs + part.afterYieldMs);
}

/** Time in the window in which humans with several sessions read or think for one of them; switching apart. */
function seatBusyMs({ agents, facts, window }: TurnSlice): number {
  const { turns } = agents;
  let busyMs = 0;
  // Turns from before the window too: the human may come to them inside it.
  for (let row = 0; row < turns.count; row++) {
    if (!facts[turns.population[row]!]?.sharesHuman) continue;
    const fromMs = turns.yieldMs[row]! + turns.seatMs[row]!;
    const untilMs = fromMs + turns.readingMs[row]! + turns.thinkingMs[row]!;
    const insideMs = Math.min(window.toMs, untilMs) - Math.max(window.fromMs, fromMs);
    if (insideMs > 0) busyMs += insideMs;
  }
  return busyMs;
}
