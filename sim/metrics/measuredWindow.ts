import type { RunResult } from '../run/runResult.js';

/** The part of a run that is judged: after the warm-up, before arrivals stop. In ms, both ends included. */
export interface MeasuredWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The judged part of one run. Empty (`toMs` = `fromMs`) when the run ended inside the warm-up. */
export function measuredWindow(
  run: RunResult,
  untilWarmMs: number,
  horizonMs: number,
): MeasuredWindow {
  const toMs = Math.min(horizonMs, run.endMs);
  return { fromMs: Math.min(untilWarmMs, toMs), toMs };
}
