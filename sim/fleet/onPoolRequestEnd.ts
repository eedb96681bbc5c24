import type { SequenceTable } from '../engine/sequenceTable.js';

/** Called when a request of the pool has its last token, or was cancelled and has left; its facts are in `table` at row `sequence`. */
export type OnPoolRequestEnd = (
  table: SequenceTable,
  sequence: number,
  timeMs: number,
  replica: number,
) => void;
