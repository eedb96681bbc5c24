/** What the exit code of the program says. Every command uses these and no others. */
export const exitCodes = {
  /** Done; all budgets hold, or nobody asked for a judgement. */
  done: 0,
  /** A budget failed. */
  budgetFailed: 1,
  /** A mistake in the command line, or in the content of a file. */
  usage: 2,
  /** Could not judge: too few samples, unstable, a limit reached. */
  undecided: 3,
  /** A file is absent or cannot be read or written. */
  fileAbsent: 4,
  /** A bug of ours. */
  bug: 70,
  /** Stopped by Ctrl-C (SIGINT); finished work is kept. */
  interrupted: 130,
  /** Stopped by SIGTERM; finished work is kept. */
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
