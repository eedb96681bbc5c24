import { Outcome } from '../facts/requestTable.js';
import { isGood, limitsOf, type RequestLimit } from './requestLimits.js';
import type { RequestSlice } from './requestSlice.js';

/** Rates and shares of the requests of one run. Per second of the measured window; NaN over an empty one. */
export interface RequestRates {
  readonly throughput: number;
  /** NaN when some requests have no row to judge. */
  readonly goodput: number;
  readonly promptTokensPerSec: number;
  readonly outputTokensPerSec: number;
  readonly rejectedShare: number;
  readonly abandonedShare: number;
  /** Requests that completed in the window. */
  readonly completed: number;
  /** Requests with a row that left their client in the window. */
  readonly sent: number;
}

/** Counts what completed, and what was turned away, in the measured window. */
export function requestRates(slice: RequestSlice, limits: readonly RequestLimit[]): RequestRates {
  const { run, window } = slice;
  const { requests } = run;
  const limitsByPopulation = run.populationNames.map((name) => limitsOf(limits, name));
  const isInside = (timeMs: number) => timeMs >= window.fromMs && timeMs <= window.toMs;
  const total = { completed: 0, good: 0, promptTokens: 0, outputTokens: 0 };
  let sent = 0;
  let rejected = 0;
  let abandoned = 0;
  for (let row = 0; row < requests.count; row++) {
    if (!slice.includes(row)) continue;
    if (isInside(requests.sentMs[row]!)) {
      sent++;
      if (requests.outcome[row] === Outcome.rejected) rejected++;
      else if (requests.outcome[row] === Outcome.abandoned) abandoned++;
    }
    if (requests.outcome[row] !== Outcome.completed || !isInside(requests.finishMs[row]!)) continue;
    total.completed++;
    total.promptTokens += requests.promptTokens[row]!;
    total.outputTokens += requests.outputTokens[row]!;
    if (isGood(requests, row, limitsByPopulation[requests.population[row]!]!)) total.good++;
  }
  for (const part of slice.overflow) {
    total.completed += part.inTime;
    total.promptTokens += part.promptTokens;
    total.outputTokens += part.outputTokens;
  }
  const seconds = (window.toMs - window.fromMs) / 1000;
  return {
    throughput: ratio(total.completed, seconds),
    goodput: slice.overflow.length > 0 ? Number.NaN : ratio(total.good, seconds),
    promptTokensPerSec: ratio(total.promptTokens, seconds),
    outputTokensPerSec: ratio(total.outputTokens, seconds),
    rejectedShare: ratio(rejected, sent),
    abandonedShare: ratio(abandoned, sent),
    completed: total.completed,
    sent,
  };
}

function ratio(count: number, of: number): number {
  return of > 0 ? count / of : Number.NaN;
}
