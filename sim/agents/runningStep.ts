import type { DrawKey } from '../kernel/hashDraw.js';

/** A step, or a whole body, that has started and not ended. */
export interface RunningStep {
  /** Gives back whatever it holds or waits for; its end is not reported. */
  cancel(timeMs: number): void;
}

/** Runs one step again and again, but not twice at once. */
export interface RestartableStep extends RunningStep {
  start(key: DrawKey, timeMs: number): void;
}

/** For steps that have nothing to cancel. */
export const nothingToCancel: RunningStep = { cancel: () => {} };

/** Reports the end of a step. */
export type OnStepEnd = (timeMs: number) => void;
