import type { SequenceTable } from '../engine/sequenceTable.js';
import type { HandedRequest } from './handedRequest.js';

/** A fresh row for the context of a handed request at the prefill pool. `isLast`: the token that it gives is its last. */
export function prefillRow(
  table: SequenceTable,
  handed: HandedRequest,
  isLast: boolean,
  timeMs: number,
): number {
  const { request, routed } = handed;
  const row = table.add(request, routed.stream, routed.promptTokens, 1, timeMs);
  table.handsOver[row] = isLast ? 0 : 1;
  // The way back of a preempted sequence is no queue time.
  if (handed.prefillRounds > 0) table.scheduledMs[row] = handed.scheduledMs;
  return row;
}

/** A fresh row at the decode pool for a handed request whose KV comes from elsewhere. It goes on where it was. */
export function receivingRow(table: SequenceTable, handed: HandedRequest, timeMs: number): number {
  const row = decodingRow(table, handed, timeMs);
  table.receives[row] = 1;
  table.generated[row] = handed.generated;
  table.decodeRounds[row] = handed.decodeRounds;
  table.firstTokenMs[row] = handed.firstTokenMs;
  table.lastTokenMs[row] = handed.lastTokenMs;
  table.preemptions[row] = handed.decodePreemptions;
  if (handed.decode !== undefined) table.scheduledMs[row] = handed.decodeScheduledMs;
  return row;
}

/** A fresh row at the decode pool for a handed request. */
export function decodingRow(table: SequenceTable, handed: HandedRequest, timeMs: number): number {
  const { request, routed, promptTokens, outputTokens } = handed;
  const row = table.add(request, routed.stream, promptTokens, outputTokens, timeMs);
  table.seed[row] = handed.seed;
  return row;
}
