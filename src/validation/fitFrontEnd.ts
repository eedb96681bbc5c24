import { delayedTtftMs, type FrontEndDelay } from '../calibrate/frontEndDelay.js';
import { leastSquares } from '../calibrate/leastSquares.js';

/** A measured TTFT, and what the engine alone is predicted to take. */
export interface EngineTtft {
  readonly measuredMs: number;
  readonly ttftMs: number;
  readonly tpotMs: number;
}

/** The delay that makes relative errors of TTFT small; those beyond 10% count linearly, so a fourth of the rows may be far off. */
export function fitFrontEnd(rows: readonly EngineTtft[]): FrontEndDelay {
  const { values } = leastSquares(
    [
      { name: 'delayMs', start: 10, min: 0, max: 200 },
      { name: 'iterations', start: 1, min: 0, max: 40 },
    ],
    ([delayMs, iterations]) =>
      Float64Array.from(rows, ({ measuredMs, ttftMs, tpotMs }) => {
        const delay = { delayMs: delayMs!, iterations: iterations! };
        return Math.log(delayedTtftMs(delay, ttftMs, tpotMs) / measuredMs);
      }),
    { wildBeyond: 0.1, maxSteps: 100 },
  );
  return { delayMs: values[0]!, iterations: values[1]! };
}

/** Absolute relative errors with a delay. */
export function frontEndErrors(rows: readonly EngineTtft[], delay: FrontEndDelay): Float64Array {
  return Float64Array.from(rows, ({ measuredMs, ttftMs, tpotMs }) =>
    Math.abs(delayedTtftMs(delay, ttftMs, tpotMs) / measuredMs - 1),
  );
}
