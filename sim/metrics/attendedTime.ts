import { turnPartition } from './turnPartition.js';
import type { TurnSlice } from './turnSlice.js';

/** The partition of the attended time of a slice, in ms. */
export interface AttendedTime {
  /** H, A and X of the turns of humans with one session, off-task turns apart. */
  readonly engagedMs: number;
  readonly waitMs: number;
  readonly lostMs: number;
  /** Of humans with several sessions: time at one of them, out of the time that they are there. */
  readonly seatBusyMs: number;
  readonly seatMs: number;
  /** Turns in all of this. */
  readonly turns: number;
  /** What of the window lies in turns of humans with one session, those from before it too; off-task turns apart. */
  readonly insideMs: number;
  /** Turns left out: the human was off-task after them. */
  readonly offTaskTurns: number;
}

/** Adds up where the attended time of a slice went. */
export function attendedTime(slice: TurnSlice): AttendedTime {
  const { agents, facts, rows, window } = slice;
  const { turns } = agents;
  const total = { engagedMs: 0, waitMs: 0, lostMs: 0, turns: 0, offTaskTurns: 0 };
  for (const row of rows) {
    const { offTaskMs, sharesHuman } = facts[turns.population[row]!]!;
    if (sharesHuman) {
      total.turns++;
      continue;
    }
    const part = turnPartition(turns, row);
    if (part === undefined) continue;
    if (part.afterYieldMs > offTaskMs) {
      total.offTaskTurns++;
      continue;
    }
    total.turns++;
    total.engagedMs += part.engagedMs;
    total.waitMs += part.waitMs;
    total.lostMs += part.lostMs;
  }
  const seats = facts.reduce(
    (sum, population) => sum + (population?.sharesHuman ? population.users! : 0),
    0,
  );
  const seatMs = seats * (window.toMs - window.fromMs);
  return {
    ...total,
    insideMs: insideMs(slice),
    seatBusyMs: seats > 0 ? seatBusyMs(slice) : 0,
    seatMs,
  };
}

/** Long turns reach into the window from before it, and out of it: each counts with its time inside. */
function insideMs({ agents, facts, window }: TurnSlice): number {
  const { turns } = agents;
  let total = 0;
  for (let row = 0; row < turns.count; row++) {
    const population = facts[turns.population[row]!];
    if (population === undefined || population.sharesHuman) continue;
    const part = turnPartition(turns, row);
    if (part === undefined || part.afterYieldMs > population.offTaskMs) continue;
    const untilMs = turns.yieldMs[row]! + part.afterYieldMs;
    const ms = Math.min(window.toMs, untilMs) - Math.max(window.fromMs, turns.submitMs[row]!);
    if (ms > 0) total += ms;
  }
  return total;
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
