import type { TimeGrid } from '../kernel/timeGrid.js';
import type { ArrivalCursor } from './arrivals.js';
import type { RequestTrace } from './requestTrace.js';

/** Recorded arrivals: of a trace's requests, or sessions. */
type Recorded = Pick<RequestTrace, 'count' | 'arrivalMs'>;

/**
 * Arrivals of a recorded trace before `untilMs`. The k-th arrival (from 0) is request k mod `trace.count`
 * of copy floor(k / `trace.count`).
 *
 * Copies follow each other after one mean gap, so the rate stays what it was; a trace whose
 * requests all arrive at once has no gap, and its copies arrive at once too.
 * @param rateFactor arrivals come this many times as fast as recorded.
 */
export function replayTimes(
  source: { readonly trace: Recorded; readonly rateFactor: number; readonly copies: number },
  grid: TimeGrid,
  untilMs: number,
): ArrivalCursor {
  const { trace, rateFactor, copies } = source;
  const periodMs = tilePeriodMs(trace);
  let copy = 0;
  let request = 0;
  return {
    next: () => {
      if (copy === copies) return Number.POSITIVE_INFINITY;
      const timeMs = grid.round((copy * periodMs + trace.arrivalMs[request]!) / rateFactor);
      if (!(timeMs < untilMs)) {
        copy = copies;
        return Number.POSITIVE_INFINITY;
      }
      request++;
      if (request === trace.count) {
        request = 0;
        copy++;
      }
      return timeMs;
    },
  };
}

/** Time from the start of one copy to the start of the next, at the recorded rate: the span and one mean gap. */
export function tilePeriodMs(trace: Recorded): number {
  const spanMs = trace.arrivalMs[trace.count - 1]!;
  return trace.count < 2 ? 0 : (spanMs * trace.count) / (trace.count - 1);
}
