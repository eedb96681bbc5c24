/** What the draws of one step execution are for. */
export const StepDraw = {
  append: 0,
  reasoning: 1,
  output: 2,
  /** Ordinal: the attempt. */
  duration: 3,
  failure: 4,
  units: 5,
  result: 6,
  count: 7,
  /** Ordinal: the round. */
  done: 8,
  arm: 9,
  start: 10,
  asked: 11,
  /** Ordinal: the attempt. */
  patience: 12,
} as const;

/** What the draws of one session, task or turn are for. */
export const SessionDraw = {
  tasks: 0,
  startTokens: 1,
  offTime: 2,
  /** Of a task; ordinal: the attempt. */
  success: 3,
  /** Of a turn. */
  interrupted: 4,
  interruptedAfter: 5,
  thinking: 6,
  notice: 7,
  /** Ordinal: the gap of the turn. */
  leaving: 8,
  observedGap: 9,
  compaction: 11,
} as const;
