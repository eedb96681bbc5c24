import type { BatchFormer } from './batchFormer.js';
import type { PrefixCacheStore } from './prefixCacheStore.js';
import { revealContext } from './revealContext.js';
import { SequenceState, type SequenceTable } from './sequenceTable.js';
import { privateContext } from './tokenStreams.js';

/**
 * How sequences leave the batches of one replica: with their last token scheduled, preempted, or cancelled.
 * Full blocks stay cached; slot, row and other blocks are free for the batch that is formed next.
 */
export class Departures {
  /** Called when a sequence that has all its output has given up its blocks. */
  onCallEnd: ((sequence: number, timeMs: number) => void) | undefined = undefined;
  private readonly former: BatchFormer;
  private readonly table: SequenceTable;
  private readonly store: PrefixCacheStore;
  private readonly blockShift: number;

  constructor(
    former: BatchFormer,
    table: SequenceTable,
    store: PrefixCacheStore,
    blockShift: number,
  ) {
    this.former = former;
    this.table = table;
    this.store = store;
    this.blockShift = blockShift;
  }

  /** Rows whose last token was scheduled in the form before: they hold slot and blocks until it has run. */
  drainFinishedRows(): void {
    const { rows } = this.former;
    while (rows.count > 0 && rows.formsUntilFinish <= 0) this.drain(rows.firstToFinish);
  }

  /** Takes the blocks for the next tokens of all rows. Returns whether memory ended, so that some were preempted. */
  allocateRows(currentEndMs: number): boolean {
    const { kv, rows } = this.former;
    const blocks = rows.nextBlocks;
    if (blocks > kv.availableBlocks) return this.allocateRowByRow(currentEndMs);
    if (blocks > 0) kv.allocate(blocks);
    return false;
  }

  /**
   * Memory ends in this form: walks the rows as the scheduler does, which takes what is cached before it ends a pin,
   * and preempts from the tail. Returns whether it had to.
   */
  private allocateRowByRow(currentEndMs: number): boolean {
    const { kv, rows, running } = this.former;
    const table = this.table;
    let preempted = false;
    for (let row = running.first; row >= 0; row = table.next[row]!) {
      if (table.state[row] !== SequenceState.decode) continue;
      const needed = rows.nextBlocksOf(row);
      while (!kv.makeRoom(needed)) {
        const victim = running.last;
        this.preempt(victim, currentEndMs);
        preempted = true;
        if (victim === row) return true;
      }
      if (needed > 0) kv.allocate(needed);
    }
    return preempted;
  }

  /** The last token of a row is scheduled: it leaves the rows, and keeps slot and blocks until that has run. */
  drain(sequence: number): void {
    const { rows, kv, draining } = this.former;
    const table = this.table;
    const computed = rows.remove(sequence);
    table.computed[sequence] = computed;
    table.state[sequence] = SequenceState.draining;
    kv.settle(sequence, computed >> this.blockShift);
    draining.push(sequence);
  }

  /**
   * A sequence that has its last token here gives up its slot and keeps its blocks, for another replica to
   * read. False: it was cancelled, and leaves with the others that were.
   */
  hold(sequence: number): boolean {
    const { running, draining, handOver } = this.former;
    const { state, isAborted } = this.table;
    if (state[sequence] === SequenceState.decode) {
      this.drain(sequence);
      draining.clear();
    }
    if (isAborted[sequence] === 1) return false;
    running.remove(sequence);
    state[sequence] = SequenceState.held;
    handOver.heldCount++;
    return true;
  }

  /** The blocks of a held sequence were read, or nobody wants them any more: full ones stay cached. */
  releaseHeld(sequence: number): void {
    const computed = this.table.computed[sequence]!;
    const blockMask = (1 << this.blockShift) - 1;
    this.former.kv.release(
      sequence,
      computed >> this.blockShift,
      (computed + blockMask) >> this.blockShift,
    );
    this.former.handOver.heldCount--;
  }

  /** A draining sequence gives up its slot and blocks. */
  releaseDraining(sequence: number): void {
    this.release(sequence, this.table.computed[sequence]!);
  }

  /** A decoding sequence leaves the batch, its slot and its blocks. */
  releaseDecoding(sequence: number): void {
    this.release(sequence, this.former.rows.remove(sequence));
  }

  /** The tail of the running list loses its place and its blocks, and goes to the front of the waiting line. */
  preempt(sequence: number, currentEndMs: number): void {
    const { rows, draining, counters, waiting, kv, handOver } = this.former;
    const table = this.table;
    let stateAfter: number = SequenceState.waiting;
    if (table.state[sequence] === SequenceState.receiving) {
      handOver.withdraw(sequence);
      this.releasePartial(sequence);
      table.state[sequence] = SequenceState.waiting;
      waiting.pushFirst(sequence);
      return;
    }
    if (table.stream[sequence] === privateContext) revealContext(kv, this.store, table, sequence);
    if (table.state[sequence] === SequenceState.prefill) this.releasePartial(sequence);
    else if (table.state[sequence] === SequenceState.draining) {
      draining.pop();
      this.releaseDraining(sequence);
      stateAfter = SequenceState.drainingPreempted;
    } else {
      const computed = rows.forms + table.offset[sequence]!;
      const tokensLeft =
        table.promptTokens[sequence]! + table.outputTokens[sequence]! - 1 - computed;
      table.generated[sequence] = table.outputTokens[sequence]! - tokensLeft;
      if (handOver.joined.remove(sequence)) {
        // It has no token in the running iteration, and no block but those that were reserved.
        rows.remove(sequence);
        table.state[sequence] = SequenceState.receiving;
        this.releasePartial(sequence);
      } else {
        table.lastTokenMs[sequence] = currentEndMs;
        this.releaseDecoding(sequence);
      }
    }
    table.state[sequence] = stateAfter;
    table.preemptions[sequence]!++;
    counters.preemptions++;
    if (handOver.returnsPreempted && stateAfter === SequenceState.waiting) {
      handOver.sendBack(sequence);
    } else waiting.pushFirst(sequence);
  }

  /** A waiting, prefilling or decoding sequence is taken out of everything: nobody waits for its answer. */
  cancel(sequence: number, timeMs: number): void {
    const { waiting, starting, run, handOver } = this.former;
    const state = this.table.state[sequence]!;
    if (state === SequenceState.waiting) waiting.remove(sequence, timeMs);
    else if (state === SequenceState.prefill) this.releasePartial(sequence);
    else if (state === SequenceState.receiving) {
      handOver.forget(sequence);
      this.releasePartial(sequence);
    } else if (state === SequenceState.draining) this.releaseDraining(sequence);
    else {
      // What was formed ahead runs as it is; only its token is not delivered.
      if (starting.remove(sequence)) run.cancelJoined(sequence);
      else run.cancelRow(sequence);
      this.releaseDecoding(sequence);
    }
  }

  private releasePartial(sequence: number): void {
    const { kv, running } = this.former;
    const { registeredBlocks, heldBlocks } = this.table;
    kv.release(sequence, registeredBlocks[sequence]!, heldBlocks[sequence]!);
    running.remove(sequence);
  }

  private release(sequence: number, computed: number): void {
    const { kv, running, rows } = this.former;
    kv.release(sequence, computed >> this.blockShift, rows.heldBlocks(sequence, computed));
    running.remove(sequence);
  }
}
