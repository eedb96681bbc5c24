import type { LogHistogram } from '../statistics/logHistogram.js';
import type { BatchFormer } from './batchFormer.js';
import type { SequenceTable } from './sequenceTable.js';

/** Counts a run that is over but for its last batch, whose time is known: its work, and the gaps between its tokens. */
export function recordRun({ run, counters }: BatchFormer, itlMs: LogHistogram): void {
  if (run.isEmpty) return;
  run.addWork(counters);
  // Every decode row waits exactly one iteration for its next token.
  run.recordGaps(itlMs);
}

/** The prompts that complete in the batch formed last, and the rows that joined in it, give their tokens at `timeMs`. */
export function stampTokens(
  { firstTokens, resumedTokens }: BatchFormer,
  table: SequenceTable,
  itlMs: LogHistogram,
  timeMs: number,
): void {
  for (let i = 0; i < firstTokens.count; i++) table.firstTokenMs[firstTokens.items[i]!] = timeMs;
  for (let i = 0; i < resumedTokens.count; i++) {
    itlMs.add(timeMs - table.lastTokenMs[resumedTokens.items[i]!]!);
  }
  firstTokens.clear();
  resumedTokens.clear();
}
