import { IntList } from '../kernel/intList.js';
import type { BatchFormer } from './batchFormer.js';
import type { OnSequenceEnd } from './onSequenceEnd.js';
import type { PrefixCacheStore } from './prefixCacheStore.js';
import { recycleRow } from './recycleRow.js';
import { SequenceState, type SequenceTable } from './sequenceTable.js';

/** The sequences that end with an iteration of one replica: tokens come out, blocks and slots come back. */
export class Completions {
  private readonly replica: number;
  private readonly former: BatchFormer;
  private readonly table: SequenceTable;
  private readonly store: PrefixCacheStore;
  private readonly onSequenceEnd: OnSequenceEnd;
  private readonly completePreempted = (sequence: number, timeMs: number) =>
    this.complete(sequence, timeMs);
  /** Cancelled sequences that leave at the end of the segment, in order of cancelling. */
  private readonly aborted = new IntList();

  constructor(
    replica: number,
    former: BatchFormer,
    table: SequenceTable,
    store: PrefixCacheStore,
    onSequenceEnd: OnSequenceEnd,
  ) {
    this.replica = replica;
    this.former = former;
    this.table = table;
    this.store = store;
    this.onSequenceEnd = onSequenceEnd;
  }

  /** Asynchronous scheduling: sequences whose last token was in the iteration that has run. */
  ofDrained(timeMs: number): void {
    const { draining, departures, waiting } = this.former;
    let next = draining.first;
    while (next >= 0) {
      const sequence = next;
      next = draining.after(sequence);
      if (this.table.handsOver[sequence] === 1) {
        this.hold(sequence, timeMs);
        continue;
      }
      departures.releaseDraining(sequence);
      this.complete(sequence, timeMs);
    }
    draining.clear();
    waiting.completeDraining(timeMs, this.completePreempted);
  }

  /** Synchronous scheduling: rows whose last token was in the iteration that has run. */
  ofDecoding(timeMs: number): void {
    const { rows, departures } = this.former;
    while (rows.count > 0 && rows.formsUntilFinish <= 0) {
      const sequence = rows.firstToFinish;
      if (this.table.handsOver[sequence] === 1) {
        this.hold(sequence, timeMs);
        continue;
      }
      departures.releaseDecoding(sequence);
      this.complete(sequence, timeMs);
    }
  }

  /** Marks a sequence that nobody waits for any more. False: it leaves by itself when its time comes. */
  cancel(sequence: number): boolean {
    const { state, isAborted, handsOver } = this.table;
    const wasAborted = isAborted[sequence] === 1;
    switch (state[sequence]!) {
      case SequenceState.waiting:
      case SequenceState.prefill:
      case SequenceState.decode:
        isAborted[sequence] = 1;
        return !wasAborted;
      case SequenceState.receiving:
        isAborted[sequence] = 1;
        return true;
      case SequenceState.draining:
        if (handsOver[sequence] === 0) return false;
        // Its last token here is not its last: it leaves when the iteration ends.
        if (!wasAborted) this.leaveAtEnd(sequence);
        isAborted[sequence] = 1;
        return false;
      case SequenceState.returning:
        // It leaves when it comes to where its context would be computed again.
        isAborted[sequence] = 1;
        return false;
      default:
        return false;
    }
  }

  /** A cancelled sequence leaves with the end of the segment. */
  leaveAtEnd(sequence: number): void {
    this.aborted.push(sequence);
  }

  leaveAborted(timeMs: number): void {
    const { aborted } = this;
    for (let i = 0; i < aborted.count; i++) this.leave(aborted.items[i]!, timeMs);
    aborted.clear();
  }

  /** A cancelled sequence is gone. */
  leave(sequence: number, timeMs: number): void {
    this.former.departures.cancel(sequence, timeMs);
    this.onSequenceEnd(sequence, timeMs, this.replica);
    recycleRow(sequence, this.table, this.store);
  }

  /** The sequence keeps its blocks, for another replica to read. */
  private hold(sequence: number, timeMs: number): void {
    if (this.former.departures.hold(sequence)) this.onSequenceEnd(sequence, timeMs, this.replica);
  }

  private complete(sequence: number, timeMs: number): void {
    const { table, aborted } = this;
    // It was cancelled in the iteration that gave its last token.
    if (aborted.count > 0 && aborted.remove(sequence)) table.isAborted[sequence] = 0;
    this.former.departures.onCallEnd?.(sequence, timeMs);
    this.onSequenceEnd(sequence, timeMs, this.replica);
    recycleRow(sequence, table, this.store);
  }
}
