import type { RequestLog } from '../calibrate/requestPoints.js';
import { recordedRun } from './recordedRun.js';

/** Prompts that were computed together with the one sent before them, by how long after it they were sent. */
export interface PromptSharing {
  readonly run: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly prompts: number;
  readonly real: number;
  readonly simulated: number;
}

const gapsMs = [0, 2, 4, 6, 8, 12, 16] as const;
/** First tokens of one batch reach a client within this. */
const togetherMs = 1;

/** Needs nothing but first tokens, so it can be said of runs whose batches are not known. */
export function promptSharing(
  run: RequestLog,
  simulatedFirstTokenMs: ArrayLike<number>,
): PromptSharing[] {
  const requests = recordedRun(run);
  const realFirstTokenMs = requests.map(({ firstTokenMs }) => firstTokenMs);
  return gapsMs.slice(1).map((toMs, index): PromptSharing => {
    const fromMs = gapsMs[index]!;
    const counted = requests.flatMap(({ sentMs }, request) => {
      const gapMs = sentMs - (requests[request - 1]?.sentMs ?? Number.NEGATIVE_INFINITY);
      return gapMs >= fromMs && gapMs < toMs ? [request] : [];
    });
    const together = (firstTokenMs: ArrayLike<number>) =>
      counted.filter(
        (request) => Math.abs(firstTokenMs[request]! - firstTokenMs[request - 1]!) < togetherMs,
      ).length;
    return {
      run: run.label,
      fromMs,
      toMs,
      prompts: counted.length,
      real: together(realFirstTokenMs),
      simulated: together(simulatedFirstTokenMs),
    };
  });
}
