import type { IterationCost } from '../hardware/iterationCost.js';
import { invariant } from '../kernel/invariant.js';
import type { BatchFormer } from './batchFormer.js';
import { FormedRun } from './formedRun.js';
import type { ReplicaOptions } from './replicaOptions.js';

/**
 * What the next form of a replica does when nobody comes, goes or waits before it: a prompt that is
 * computed begins to decode, or the rows that finish drain. Both follow from the batches formed before, so
 * that form needs no event of its own; it is made when the replica is looked at next.
 */
export class Foresight {
  /**
   * From the end of the run formed last to the next end at which something is to be decided or told; 0 when
   * it is that end itself.
   */
  quietMs = 0;
  private readonly former: BatchFormer;
  readonly canForesee: boolean;
  private readonly maxJump: number;
  /** The run that follows a batch with prompts; takes turns with `former.run`. */
  private next: FormedRun;
  /** Of `next`, as `quietMs` is of the run formed last. */
  private nextQuietMs = 0;
  private followsPrompts = false;

  constructor(former: BatchFormer, cost: IterationCost, options: ReplicaOptions, maxJump: number) {
    this.former = former;
    this.maxJump = maxJump;
    this.next = new FormedRun(cost, options.asyncScheduling);
    this.canForesee =
      options.asyncScheduling &&
      cost.isAffine &&
      options.speculation === undefined &&
      options.ttlMs === undefined &&
      maxJump > 1;
  }

  /** Sequences complete with the iteration that runs now, and the run formed last goes on without them. */
  get drainsInRun(): boolean {
    return this.former.draining.count > 0 && this.former.run.length > 1;
  }

  /** Nothing is foreseen of the run formed last. */
  clear(): void {
    this.quietMs = 0;
  }

  /**
   * Is the end of the run formed last quiet? In that batch nobody ends or joins, and nobody was preempted for it; where it is of
   * decode rows alone, the first of them is scheduled for the last time `untilFinish` forms from now.
   */
  look(untilFinish: number): void {
    const { rows, waiting, running, run } = this.former;
    if (waiting.length > 0 || running.partial >= 0) return;
    // A row that reaches the end of the attention window changes the growth of the run.
    if (rows.growingCount > 0) return;
    if (run.chunks > 0) this.ofPrompts();
    else if (run.length === 1 + untilFinish) this.ofDecodes(untilFinish);
  }

  /** Sequences have completed inside the run formed last, which goes on: is its end quiet? */
  lookAfterDraining(): void {
    const { rows, waiting, run } = this.former;
    const isAsFormed = waiting.length === 0 && rows.count === run.decodeRows;
    invariant(isAsFormed, 'who is told of the end of a sequence sends and cancels by events');
    this.look(rows.formsUntilFinish);
  }

  /** The run is of decode rows alone, and the next form drains some: if it has the blocks for all, nobody is preempted. */
  private ofDecodes(further: number): void {
    const { rows, kv, run } = this.former;
    if (rows.formsThatFit(further + 1, kv.availableBlocks) <= further) return;
    this.followsPrompts = false;
    this.quietMs = run.timing.durationMs(run.length - 1);
  }

  /** The batch formed last computes the rest of prompts, which decode from the next form on. */
  private ofPrompts(): void {
    const { rows, kv, run } = this.former;
    const untilFinish = rows.formsUntilFinish;
    if (untilFinish === 0) return;
    const length = Math.min(untilFinish, this.maxJump);
    const fitting = rows.formsThatFit(length + 1, kv.availableBlocks);
    if (fitting === 0) return;
    const { next } = this;
    next.begin(rows.count, rows.contextTokens + rows.count, rows.windowedTokens);
    next.finish(Math.min(length, fitting), 0, 0);
    const isQuiet = length === untilFinish && fitting > length;
    this.nextQuietMs = isQuiet ? next.timing.durationMs(next.length - 1) : 0;
    this.followsPrompts = true;
    this.quietMs = run.timing.durationMs(0) + next.timing.sumMs(next.length - 1) + this.nextQuietMs;
  }

  /** Makes the form that was foreseen. */
  form(): void {
    const { former } = this;
    const { rows, kv, counters } = former;
    if (!this.followsPrompts) former.departures.drainFinishedRows();
    const blocks = rows.nextBlocks;
    if (blocks > 0) kv.allocate(blocks);
    rows.advance(1);
    if (rows.count > 0) counters.iterations++;
    counters.computedTokens += rows.count;
    counters.decodeContextTokens += rows.contextTokens;
    if (this.followsPrompts) this.takeNext();
    else this.formWithoutFinished();
  }

  private takeNext(): void {
    const { former } = this;
    const { run } = former;
    former.run = this.next;
    this.next = run;
    this.followsPrompts = false;
    this.quietMs = this.nextQuietMs;
  }

  private formWithoutFinished(): void {
    const { rows, run } = this.former;
    this.quietMs = 0;
    run.begin(rows.count, rows.contextTokens, rows.windowedTokens);
    if (run.isEmpty) return;
    run.finish(this.former.countEqualBatches(rows.formsUntilFinish), 0, 0);
  }
}
