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
  { starting }: BatchFormer,
  table: SequenceTable,
  itlMs: LogHistogram,
  timeMs: number,
): void {
  for (let sequence = starting.first; sequence >= 0; sequence = starting.after(sequence)) {
    if (table.generated[sequence] === 0) table.firstTokenMs[sequence] = timeMs;
    else itlMs.add(timeMs - table.lastTokenMs[sequence]!);
  }
  starting.clear();
}
