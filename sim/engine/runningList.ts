import type { SequenceTable } from './sequenceTable.js';

/** The sequences that hold a slot of one replica, in order of admission: a linked list through the sequence table. */
export class RunningList {
  count = 0;
  first = -1;
  last = -1;
  /** The sequence whose prompt is partly computed, −1 for none. It is the last of the list. */
  partial = -1;
  private readonly table: SequenceTable;

  constructor(table: SequenceTable) {
    this.table = table;
  }

  push(sequence: number): void {
    const table = this.table;
    table.previous[sequence] = this.last;
    table.next[sequence] = -1;
    if (this.last >= 0) table.next[this.last] = sequence;
    else this.first = sequence;
    this.last = sequence;
    this.count++;
  }

  remove(sequence: number): void {
    const table = this.table;
    const previous = table.previous[sequence]!;
    const next = table.next[sequence]!;
    if (previous >= 0) table.next[previous] = next;
    else this.first = next;
    if (next >= 0) table.previous[next] = previous;
    else this.last = previous;
    if (sequence === this.partial) this.partial = -1;
    this.count--;
  }
}
