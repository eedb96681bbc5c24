import type { SequenceTable } from '../engine/sequenceTable.js';
import type { HandedRequest } from './handedRequest.js';

/** A fresh row for the context of a handed request at the prefill pool. `isHeld`: its blocks are for somebody to read. */
export function prefillRow(
  table: SequenceTable,
  handed: HandedRequest,
  isHeld: boolean,
  timeMs: number,
): number {
  const { request, routed } = handed;
  const row = table.add(request, routed.stream, routed.promptTokens, 1, timeMs);
  table.handsOver[row] = isHeld ? 1 : 0;
  // The way back of a preempted sequence is no queue time.
  if (handed.prefillRounds > 0) table.scheduledMs[row] = handed.scheduledMs;
  return row;
}

/** A fresh row at the decode pool for a handed request whose prompt is computed: its KV comes, or is computed again. */
export function handedRow(
  table: SequenceTable,
  handed: HandedRequest,
  recomputes: boolean,
  timeMs: number,
): number {
  return recomputes ? recomputingRow(table, handed, timeMs) : receivingRow(table, handed, timeMs);
}

/** It goes on where it was. */
function receivingRow(table: SequenceTable, handed: HandedRequest, timeMs: number): number {
  const row = decodingRow(table, handed, timeMs);
  table.receives[row] = 1;
  table.generated[row] = handed.generated;
  if (table.drafts) table.decodeRounds[row] = handed.decodeRounds;
  table.firstTokenMs[row] = handed.firstTokenMs;
  table.lastTokenMs[row] = handed.lastTokenMs;
  table.preemptions[row] = handed.decodePreemptions;
  if (handed.decode !== undefined) table.scheduledMs[row] = handed.decodeScheduledMs;
  return row;
}

/** What exists by now is its prompt. */
function recomputingRow(table: SequenceTable, handed: HandedRequest, timeMs: number): number {
  const { routed, outputTokens, generated } = handed;
  routed.promptTokens = handed.promptTokens + generated;
  return freshRow(table, handed, routed.promptTokens, outputTokens - generated, timeMs);
}

/** A fresh row at the decode pool for a handed request. */
export function decodingRow(table: SequenceTable, handed: HandedRequest, timeMs: number): number {
  return freshRow(table, handed, handed.promptTokens, handed.outputTokens, timeMs);
}

function freshRow(
  table: SequenceTable,
  { request, routed, seed }: HandedRequest,
  promptTokens: number,
  outputTokens: number,
  timeMs: number,
): number {
  const row = table.add(request, routed.stream, promptTokens, outputTokens, timeMs);
  table.seed[row] = seed;
  return row;
}
