import type { SequenceTable } from './sequenceTable.js';

/**
 * Sequences of one replica, in the order they came: a list linked through the sequence table, so it takes no room
 * of its own. A sequence is in one such list at a time.
 */
export class SequenceList {
  count = 0;
  /** −1 when it is empty. */
  first = -1;
  private last = -1;
  private readonly table: SequenceTable;

  constructor(table: SequenceTable) {
    this.table = table;
  }

  /** The one after `sequence`, −1 after the last. */
  after(sequence: number): number {
    return this.table.nextInList[sequence]!;
  }

  push(sequence: number): void {
    const { nextInList } = this.table;
    nextInList[sequence] = -1;
    if (this.count === 0) this.first = sequence;
    else nextInList[this.last] = sequence;
    this.last = sequence;
    this.count++;
  }

  /** Takes off the last; only with `count` > 0. */
  pop(): void {
    this.remove(this.last);
  }

  /** Takes a sequence out, wherever it stands. Returns whether it was there. Walks the list: for rare occasions. */
  remove(sequence: number): boolean {
    const { nextInList } = this.table;
    let before = -1;
    for (let at = this.first; at >= 0; at = nextInList[at]!) {
      if (at !== sequence) {
        before = at;
        continue;
      }
      if (before < 0) this.first = nextInList[at]!;
      else nextInList[before] = nextInList[at]!;
      if (at === this.last) this.last = before;
      this.count--;
      return true;
    }
    return false;
  }

  clear(): void {
    this.count = 0;
    this.first = -1;
    this.last = -1;
  }
}
