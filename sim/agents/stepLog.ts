/** One step of a turn, for the records of the slowest turns. */
export interface StepLogEntry {
  /** Id of the step. */
  readonly step: string;
  readonly startMs: number;
  /** NaN while it runs, or when it was cancelled. */
  endMs: number;
}

/** Entries kept per turn; a longer turn is cut. */
export const maxLoggedSteps = 400;
