import type { TurnRecord } from '../facts/turnTable.js';

/** Entries kept per turn; a longer turn is cut. */
const maxLoggedSteps = 400;

/**
 * The steps of one turn after the other, for the records of the slowest turns. In columns, since nearly all
 * are forgotten again.
 */
export class StepLog {
  private readonly ids: string[] = [];
  private readonly startMs: number[] = [];
  private readonly endMs: number[] = [];
  /** Number of the first entry of this turn: what started in an earlier turn has a lower one. */
  private first = 0;
  private count = 0;

  /** A step with this id starts. Returns the number of its entry; −1: the turn has too many. */
  begin(id: string, timeMs: number): number {
    if (this.count >= maxLoggedSteps) return -1;
    this.ids[this.count] = id;
    this.startMs[this.count] = timeMs;
    this.endMs[this.count] = Number.NaN;
    return this.first + this.count++;
  }

  end(entry: number, timeMs: number): void {
    if (entry >= this.first) this.endMs[entry - this.first] = timeMs;
  }

  /** Forgets the turn, for the next one. */
  clear(): void {
    this.first += this.count;
    this.count = 0;
  }

  /** What happened in the turn, in order of the starts. End NaN: while it runs, or when it was cancelled. */
  steps(): TurnRecord['steps'] {
    return Array.from({ length: this.count }, (_, entry) => ({
      step: this.ids[entry]!,
      startMs: this.startMs[entry]!,
      endMs: this.endMs[entry]!,
    }));
  }
}
