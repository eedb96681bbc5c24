import type { PrefixCacheStore } from './prefixCacheStore.js';
import type { SequenceTable } from './sequenceTable.js';

/** The row of a sequence that has left is free again. A stream that was made for it goes with it. */
export function recycleRow(sequence: number, table: SequenceTable, store: PrefixCacheStore): void {
  if (table.ownsStream[sequence] === 1) store.streams.release(table.stream[sequence]!);
  table.release(sequence);
}
