import type { AdmissionOrder } from './admissionOrder.js';
import { SequenceState, type SequenceTable } from './sequenceTable.js';
import { WaitingHeap } from './waitingHeap.js';

/** Why the first sequence in line is not admitted. Order of `queueReasons` without `headOfLine`. */
export const enum Blocked {
  iteration = 0,
  slots = 1,
  kvBlocks = 2,
  tokenBudget = 3,
}

/**
 * The requests that wait at one replica, by `orderKey`; preempted sequences go to the front of all. A list
 * holds the line; in orders other than `fcfs` it holds the front and the next request, a heap the others.
 * Only the first can be blocked for a reason of its own, so the queue time of all is kept by noting the
 * reason and its start for the first alone: O(1) per form. The rest of a request's wait was behind others.
 */
export class WaitingLine {
  length = 0;
  private readonly table: SequenceTable;
  private firstInLine = -1;
  private last = -1;
  /** Whose wait is being noted, why, and since when. */
  private noted = -1;
  private reason: Blocked = Blocked.iteration;
  private sinceMs = 0;
  private drainingCount = 0;
  private readonly heap: WaitingHeap | undefined;
  private arrivals = 0;

  constructor(table: SequenceTable, order: AdmissionOrder = 'fcfs') {
    this.table = table;
    this.heap = order === 'fcfs' ? undefined : new WaitingHeap(table);
  }

  /** First in line, −1 when nobody waits. */
  get first(): number {
    return this.firstInLine;
  }

  /** A request comes to the line and takes its place. If it is `first` then, it was overtaken by nobody. */
  insert(sequence: number, timeMs: number): void {
    this.length++;
    if (this.heap !== undefined) {
      this.insertOrdered(this.heap, sequence, timeMs);
      return;
    }
    const { orderKey, previous } = this.table;
    const key = orderKey[sequence]!;
    let before = this.last;
    while (before >= 0 && orderKey[before]! > key) before = previous[before]!;
    this.link(sequence, before, timeMs);
  }

  pushFirst(sequence: number): void {
    const { next, previous, orderKey, heapIndex } = this.table;
    const second = this.firstInLine;
    next[sequence] = second;
    previous[sequence] = -1;
    if (second < 0) this.last = sequence;
    else previous[second] = sequence;
    orderKey[sequence] = Number.NEGATIVE_INFINITY;
    heapIndex[sequence] = -1;
    this.firstInLine = sequence;
    this.length++;
    if (this.table.state[sequence] === SequenceState.drainingPreempted) this.drainingCount++;
  }

  /** The first in line is admitted. */
  removeFirst(): void {
    this.unlink(this.firstInLine);
    this.length--;
    this.noted = -1;
  }

  /** A waiting sequence leaves: its request was cancelled. */
  remove(sequence: number, timeMs: number): void {
    const table = this.table;
    if (this.heap !== undefined && table.heapIndex[sequence]! >= 0) this.heap.remove(sequence);
    else if (sequence !== this.firstInLine) this.unlink(sequence);
    else {
      this.settleLeavingFront(timeMs);
      this.unlink(sequence);
      // Whoever is first now was not looked at yet: it waits for the next form.
      this.noteFirst(Blocked.iteration, timeMs);
    }
    this.length--;
    if (Number.isNaN(table.scheduledMs[sequence]!)) this.bookRest(sequence, timeMs);
  }

  /** Takes out the sequences whose last token was in flight when they were preempted, first to last. */
  completeDraining(timeMs: number, complete: (sequence: number, timeMs: number) => void): void {
    let sequence = this.firstInLine;
    while (this.drainingCount > 0) {
      const next = this.table.next[sequence]!;
      if (this.table.state[sequence] === SequenceState.drainingPreempted) {
        this.unlink(sequence);
        this.length--;
        this.drainingCount--;
        complete(sequence, timeMs);
      }
      sequence = next;
    }
  }

  /** From `timeMs` on, the first in line waits for this reason. */
  noteFirst(reason: Blocked, timeMs: number): void {
    this.noted = this.firstInLine;
    this.reason = reason;
    this.sinceMs = timeMs;
  }

  /** Adds the wait of the first in line up to `timeMs` to its reason, if that was noted. */
  settleFirst(timeMs: number): void {
    const sequence = this.firstInLine;
    if (sequence < 0 || sequence !== this.noted) return;
    const table = this.table;
    // What a preempted sequence waits for its way back is not queue time.
    if (!Number.isNaN(table.scheduledMs[sequence]!)) return;
    const waitedMs = timeMs - this.sinceMs;
    if (this.reason === Blocked.iteration) table.iterationMs[sequence]! += waitedMs;
    else if (this.reason === Blocked.slots) table.slotsMs[sequence]! += waitedMs;
    else if (this.reason === Blocked.kvBlocks) table.kvBlocksMs[sequence]! += waitedMs;
    else table.tokenBudgetMs[sequence]! += waitedMs;
    this.sinceMs = timeMs;
  }

  /** The request is scheduled for the first time, in a batch that starts `untilStartMs` later. */
  endQueueTime(sequence: number, timeMs: number, untilStartMs: number): void {
    const table = this.table;
    table.scheduledMs[sequence] = timeMs;
    this.bookRest(sequence, timeMs);
    table.iterationMs[sequence]! += untilStartMs;
  }

  /** Of all orders but `fcfs`: a newcomer that does not come first goes to the heap, and sends who was first there. */
  private insertOrdered(heap: WaitingHeap, sequence: number, timeMs: number): void {
    const { orderKey, lineOrder, heapIndex, previous } = this.table;
    lineOrder[sequence] = this.arrivals++;
    heapIndex[sequence] = -1;
    const last = this.last;
    if (last < 0) this.link(sequence, -1, timeMs);
    else if (orderKey[last]! <= orderKey[sequence]!) heap.push(sequence);
    else {
      this.link(sequence, previous[last]!, timeMs);
      this.unlink(last);
      heap.push(last);
    }
  }

  /** Links a newcomer in behind `before`; −1: at the front, where it waits for the next form. */
  private link(sequence: number, before: number, timeMs: number): void {
    const { next, previous } = this.table;
    if (before < 0 && this.firstInLine >= 0) this.settleLeavingFront(timeMs);
    const after = before < 0 ? this.firstInLine : next[before]!;
    previous[sequence] = before;
    next[sequence] = after;
    if (after >= 0) previous[after] = sequence;
    else this.last = sequence;
    if (before >= 0) next[before] = sequence;
    else {
      this.firstInLine = sequence;
      this.noteFirst(Blocked.iteration, timeMs);
    }
  }

  /** Takes a sequence out of the list; whoever comes first in the heap follows when that leaves nobody. */
  private unlink(sequence: number): void {
    const { next, previous } = this.table;
    const before = previous[sequence]!;
    const after = next[sequence]!;
    if (before >= 0) next[before] = after;
    else this.firstInLine = after;
    if (after >= 0) previous[after] = before;
    else this.last = before;
    if (this.firstInLine >= 0 || this.heap === undefined || this.heap.count === 0) return;
    const promoted = this.heap.pop();
    previous[promoted] = -1;
    next[promoted] = -1;
    this.firstInLine = promoted;
    this.last = promoted;
  }

  /** The first in line is cancelled or overtaken. If its wait was booked ahead up to a boundary, what it no longer waits is taken back. */
  private settleLeavingFront(timeMs: number): void {
    const sequence = this.firstInLine;
    const earlyMs = this.sinceMs - timeMs;
    if (sequence !== this.noted || earlyMs <= 0) this.settleFirst(timeMs);
    else if (Number.isNaN(this.table.scheduledMs[sequence]!))
      this.table.iterationMs[sequence]! -= earlyMs;
  }

  /** What a request waited for no reason of its own, it waited behind others. */
  private bookRest(sequence: number, timeMs: number): void {
    const table = this.table;
    const loadMs = table.loadsKv ? table.kvLoadMs[sequence]! : 0;
    table.headOfLineMs[sequence] =
      timeMs -
      table.arrivalMs[sequence]! -
      loadMs -
      table.iterationMs[sequence]! -
      table.slotsMs[sequence]! -
      table.kvBlocksMs[sequence]! -
      table.tokenBudgetMs[sequence]!;
  }
}
