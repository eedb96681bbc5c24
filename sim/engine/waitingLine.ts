import { SequenceState, type SequenceTable } from './sequenceTable.js';

/** Why the first sequence in line is not admitted. Order of `queueReasons` without `headOfLine`. */
export const Blocked = { iteration: 0, slots: 1, kvBlocks: 2, tokenBudget: 3 } as const;
export type Blocked = (typeof Blocked)[keyof typeof Blocked];

/**
 * The requests that wait at one replica, first come first served; preempted sequences go to the front.
 * Only the first can be blocked for a reason of its own, so the queue time of all is kept by noting the
 * reason and its start for the first alone: O(1) per form. The rest of a request's wait was behind others.
 */
export class WaitingLine {
  length = 0;
  readonly #table: SequenceTable;
  #first = -1;
  #last = -1;
  /** Whose wait is being noted, why, and since when. */
  #noted = -1;
  #reason: Blocked = Blocked.iteration;
  #sinceMs = 0;
  #drainingCount = 0;

  constructor(table: SequenceTable) {
    this.#table = table;
  }

  /** First in line, −1 when nobody waits. */
  get first(): number {
    return this.#first;
  }

  pushLast(sequence: number, timeMs: number): void {
    this.#table.next[sequence] = -1;
    if (this.#first < 0) {
      this.#first = sequence;
      this.noteFirst(Blocked.iteration, timeMs);
    } else this.#table.next[this.#last] = sequence;
    this.#last = sequence;
    this.length++;
  }

  pushFirst(sequence: number): void {
    this.#table.next[sequence] = this.#first;
    if (this.#first < 0) this.#last = sequence;
    this.#first = sequence;
    this.length++;
    if (this.#table.state[sequence] === SequenceState.drainingPreempted) this.#drainingCount++;
  }

  /** The first in line is admitted. */
  removeFirst(): void {
    this.#first = this.#table.next[this.#first]!;
    if (this.#first < 0) this.#last = -1;
    this.length--;
    this.#noted = -1;
  }

  /** A waiting sequence leaves: its request was cancelled. */
  remove(sequence: number, timeMs: number): void {
    const table = this.#table;
    let previous = -1;
    for (let at = this.#first; at !== sequence; at = table.next[at]!) previous = at;
    const next = table.next[sequence]!;
    if (previous >= 0) table.next[previous] = next;
    else {
      this.#settleCancelled(sequence, timeMs);
      this.#first = next;
      // Whoever is first now was not looked at yet: it waits for the next form.
      this.noteFirst(Blocked.iteration, timeMs);
    }
    if (next < 0) this.#last = previous;
    this.length--;
    if (Number.isNaN(table.scheduledMs[sequence]!)) this.#bookRest(sequence, timeMs);
  }

  /** Takes out the sequences whose last token was in flight when they were preempted, first to last. */
  completeDraining(complete: (sequence: number) => void): void {
    let previous = -1;
    let sequence = this.#first;
    while (this.#drainingCount > 0) {
      const next = this.#table.next[sequence]!;
      if (this.#table.state[sequence] === SequenceState.drainingPreempted) {
        if (previous >= 0) this.#table.next[previous] = next;
        else this.#first = next;
        if (next < 0) this.#last = previous;
        this.length--;
        this.#drainingCount--;
        complete(sequence);
      } else previous = sequence;
      sequence = next;
    }
  }

  /** From `timeMs` on, the first in line waits for this reason. */
  noteFirst(reason: Blocked, timeMs: number): void {
    this.#noted = this.#first;
    this.#reason = reason;
    this.#sinceMs = timeMs;
  }

  /** Adds the wait of the first in line up to `timeMs` to its reason, if that was noted. */
  settleFirst(timeMs: number): void {
    const sequence = this.#first;
    if (sequence < 0 || sequence !== this.#noted) return;
    const table = this.#table;
    // What a preempted sequence waits for its way back is not queue time.
    if (!Number.isNaN(table.scheduledMs[sequence]!)) return;
    const waitedMs = timeMs - this.#sinceMs;
    if (this.#reason === Blocked.iteration) table.iterationMs[sequence]! += waitedMs;
    else if (this.#reason === Blocked.slots) table.slotsMs[sequence]! += waitedMs;
    else if (this.#reason === Blocked.kvBlocks) table.kvBlocksMs[sequence]! += waitedMs;
    else table.tokenBudgetMs[sequence]! += waitedMs;
    this.#sinceMs = timeMs;
  }

  /** The request is scheduled for the first time, in a batch that starts `untilStartMs` later. */
  endQueueTime(sequence: number, timeMs: number, untilStartMs: number): void {
    const table = this.#table;
    table.scheduledMs[sequence] = timeMs;
    this.#bookRest(sequence, timeMs);
    table.iterationMs[sequence]! += untilStartMs;
  }

  /** The first in line is cancelled. Its reason may be noted from the next boundary on, which it does not live to see. */
  #settleCancelled(sequence: number, timeMs: number): void {
    const earlyMs = this.#sinceMs - timeMs;
    if (sequence === this.#noted && earlyMs > 0) this.#table.iterationMs[sequence]! -= earlyMs;
    else this.settleFirst(timeMs);
  }

  /** What a request waited for no reason of its own, it waited behind others. */
  #bookRest(sequence: number, timeMs: number): void {
    const table = this.#table;
    table.headOfLineMs[sequence] =
      timeMs -
      table.arrivalMs[sequence]! -
      table.kvLoadMs[sequence]! -
      table.iterationMs[sequence]! -
      table.slotsMs[sequence]! -
      table.kvBlocksMs[sequence]! -
      table.tokenBudgetMs[sequence]!;
  }
}
