/** How a turn ended. */
export const TurnEnd = {
  /** The run was cut while the AI worked. Its wait so far counts: dropping such turns would flatter. */
  open: 0,
  /** The task was done. */
  answered: 1,
  /** The AI asked for a steer, an approval or a review. */
  asked: 2,
  /** The human stopped the AI. */
  interrupted: 3,
  /** A call was turned away, could never fit or gave up waiting, so the task ended without an answer. */
  failed: 4,
} as const;
export type TurnEnd = (typeof TurnEnd)[keyof typeof TurnEnd];

/** The names under which results list how turns ended. */
export const turnEndNames = {
  [TurnEnd.open]: 'open',
  [TurnEnd.answered]: 'answered',
  [TurnEnd.asked]: 'asked',
  [TurnEnd.interrupted]: 'interrupted',
  [TurnEnd.failed]: 'failed',
} as const satisfies Record<TurnEnd, string>;

/**
 * A row per turn, in columns, in the order of their submits. Times are ms since the start of the run (below
 * 0: before it, while the world was warmed up); durations NaN where they never happened.
 */
export interface TurnTable {
  readonly count: number;
  /** Index into the scenario's session populations. */
  readonly population: Int32Array;
  readonly human: Int32Array;
  readonly session: Int32Array;
  /** Of the session, from 0. */
  readonly task: Int32Array;
  readonly end: Int32Array;
  /** 1: a task ended with this turn, and it succeeded. */
  readonly succeeded: Int32Array;
  readonly submitMs: Float64Array;
  /** First useful token; the yield when nothing useful came before it. */
  readonly firstUsefulMs: Float64Array;
  readonly yieldMs: Float64Array;
  /** The human is done with it: submits the next turn, or leaves the session. NaN: not before the run ended. */
  readonly nextMs: Float64Array;
  /** Perceived wait W. Of an open turn: up to the end of the run. */
  readonly waitMs: Float64Array;
  /** Longest single stretch of waiting. */
  readonly longestGapMs: Float64Array;
  /** Attention loss: time from the yield until somebody who left notices, and until the thread is found again; 0 for who stayed. */
  readonly noticeMs: Float64Array;
  readonly resumptionMs: Float64Array;
  /** Engaged after the yield: reading what is unread, and thinking. */
  readonly readingMs: Float64Array;
  readonly thinkingMs: Float64Array;
  /** Waiting for a human who attends to another session, and switching. NaN while it lasts. */
  readonly seatMs: Float64Array;
  readonly calls: Int32Array;
  readonly promptTokens: Float64Array;
  readonly outputTokens: Float64Array;
}

/** How a session ended. */
export const SessionEnd = { open: 0, done: 1 } as const;

/** A row per session, in columns, in the order of their starts. */
export interface SessionTable {
  readonly count: number;
  readonly population: Int32Array;
  readonly human: Int32Array;
  readonly end: Int32Array;
  readonly startMs: Float64Array;
  /** NaN while open. */
  readonly endMs: Float64Array;
  /** Tasks that have ended. */
  readonly tasks: Int32Array;
  readonly succeededTasks: Int32Array;
  readonly turns: Int32Array;
  readonly calls: Int32Array;
  /** Tokens of the context at the end. */
  readonly contextTokens: Int32Array;
  readonly compactions: Int32Array;
}

/** What happened in one of the slowest turns, step by step. */
export interface TurnRecord {
  /** Row of the turn. */
  readonly turn: number;
  readonly waitMs: number;
  readonly steps: readonly {
    readonly step: string;
    readonly startMs: number;
    readonly endMs: number;
  }[];
}
