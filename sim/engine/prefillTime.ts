import type { IterationCost } from '../hardware/iterationCost.js';
import { FormedRun } from './formedRun.js';

/** What the prompt tokens after `priorTokens` take when a replica computes nothing else, in chunks, ms. */
export type PrefillTime = (priorTokens: number, tokens: number) => number;

/** An estimate of prefill for decisions: no queueing, no other rows in the batches. */
export function prefillTime(cost: IterationCost, chunkTokens: number): PrefillTime {
  const run = new FormedRun(cost, false);
  return (priorTokens, tokens) => {
    const end = priorTokens + tokens;
    let totalMs = 0;
    for (let prior = priorTokens; prior < end; prior += chunkTokens) {
      run.begin(0, 0, 0);
      run.addChunk(prior, Math.min(prior + chunkTokens, end));
      run.finish(1, 0, 0);
      totalMs += run.timing.durationMs(0);
    }
    return totalMs;
  };
}
