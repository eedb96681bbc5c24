import { TurnEnd, type TurnTable } from '../facts/turnTable.js';

/** Where the time of one turn went, from its submit until the human was done with it. The first four parts are all of it. */
export interface TurnPartition {
  /** A: perceived wait for the AI. */
  readonly waitMs: number;
  /** H: reading while the AI worked, reading what was unread at the yield, and thinking. */
  readonly engagedMs: number;
  /** X: attention lost, until it was noticed that the AI had yielded, and until the thread was found again. */
  readonly lostMs: number;
  /** Waiting for a human who is at another session, and switching. 0 for who has one session. What the other three leave of the whole: tests sum them. */
  readonly seatMs: number;
  /** Overlaps those above: from the yield until the human was done, waiting for the human apart. Beyond a limit it is off-task. */
  readonly afterYieldMs: number;
}

/**
 * The parts of a turn: A + H + X + seat = next − submit. What follows a yield is known at the yield, so it is
 * whole even when the run was cut before the human was done; an open turn has its parts so far. Undefined
 * when what the human did is not known: a recording ended here, or the human has not come to it yet.
 */
export function turnPartition(turns: TurnTable, row: number): TurnPartition | undefined {
  const waitMs = turns.waitMs[row]!;
  const readMs = turns.yieldMs[row]! - turns.submitMs[row]! - waitMs;
  if (turns.end[row] === TurnEnd.open) {
    return { waitMs, engagedMs: readMs, lostMs: 0, seatMs: 0, afterYieldMs: 0 };
  }
  const lostMs = turns.noticeMs[row]! + turns.resumptionMs[row]!;
  const answeringMs = turns.readingMs[row]! + turns.thinkingMs[row]!;
  const seatMs = turns.seatMs[row]!;
  if (Number.isNaN(lostMs + answeringMs + seatMs)) return undefined;
  return {
    waitMs,
    engagedMs: readMs + answeringMs,
    lostMs,
    seatMs,
    afterYieldMs: lostMs + answeringMs,
  };
}
