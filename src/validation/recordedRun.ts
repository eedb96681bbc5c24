import type { RequestLog } from '../calibrate/requestPoints.js';
import type { ClientRequest } from './reconstructedBatches.js';

/** The requests of a recorded run as their client saw them, in the order of sending. */
export function recordedRun({
  label,
  server: { load },
  measured,
}: RequestLog): (ClientRequest & { readonly sentMs: number })[] {
  if (load.kind !== 'recorded') throw new Error(`${label} is a closed loop, not a recorded run`);
  return Array.from(load.sentMs, (sentMs, index) => ({
    sentMs,
    promptTokens: load.promptTokens[index]!,
    outputTokens: load.outputTokens[index]!,
    firstTokenMs: sentMs + measured.ttftMs[index]!,
  }));
}
