import { IntList } from '../kernel/intList.js';
import { invariant } from '../kernel/invariant.js';
import type { Admission } from './admission.js';
import type { BatchFormer } from './batchFormer.js';
import { SequenceState, type SequenceTable } from './sequenceTable.js';

/** Called when room for the KV of a sequence is reserved: the transfer of what is not cached here may begin. */
export type OnReserved = (sequence: number, timeMs: number) => void;

/**
 * Sequences of one replica whose KV moves between replicas: those that receive it, which hold slot and
 * blocks and join the decode rows when it has come, and those that are held until another replica has
 * read theirs. Semantics: docs/hand-over.md.
 */
export class KvHandOver {
  onReserved: OnReserved | undefined = undefined;
  /** The transfer that `onReserved` began is of no use any more. */
  onWithdrawn: ((sequence: number) => void) | undefined = undefined;
  /** Preempted sequences leave the replica: it computes no prompts. */
  readonly returnsPreempted: boolean;
  /** In order of preemption; whoever drives the replica takes them over. */
  readonly returned = new IntList();
  /** Rows that decode for the first time in the batch being formed. */
  readonly joined = new IntList();
  heldCount = 0;
  private readonly former: BatchFormer;
  private readonly table: SequenceTable;
  private readonly admission: Admission;
  private readonly blockShift: number;
  /** In order of admission. */
  private readonly receiving = new IntList();
  /** Those of them whose KV has come, in that order. */
  private readonly ready = new IntList();

  constructor(
    former: BatchFormer,
    table: SequenceTable,
    admission: Admission,
    options: { readonly blockShift: number; readonly returnsPreempted: boolean },
  ) {
    this.former = former;
    this.table = table;
    this.admission = admission;
    this.blockShift = options.blockShift;
    this.returnsPreempted = options.returnsPreempted;
  }

  /** Sequences that hold a slot and have no row. */
  get receivingCount(): number {
    return this.receiving.count;
  }

  /** Tokens whose KV comes from elsewhere: all that are known but the last, whose KV decoding computes. */
  receivedTokens(sequence: number): number {
    const { promptTokens, generated } = this.table;
    return promptTokens[sequence]! + generated[sequence]! - 1;
  }

  /** Is there room for the first in line? If so, `reserve` it. */
  fits(sequence: number): boolean {
    const tokens = this.receivedTokens(sequence);
    this.admission.planReceived(this.table.stream[sequence]!, tokens + 1);
    return this.admission.fitsNow(tokens);
  }

  /** The first in line, whose room is planned, takes slot and blocks. */
  reserve(sequence: number, order: number, timeMs: number): void {
    const { kv, waiting, running, counters } = this.former;
    const { hitTokens, presentBlocks, firstBlocks } = this.admission;
    const table = this.table;
    waiting.removeFirst();
    running.push(sequence);
    table.state[sequence] = SequenceState.receiving;
    table.order[sequence] = order;
    table.computed[sequence] = this.receivedTokens(sequence);
    table.registeredBlocks[sequence] = presentBlocks;
    table.heldBlocks[sequence] = firstBlocks;
    table.hitTokens[sequence]! += hitTokens;
    kv.acquire(sequence, table.stream[sequence]!);
    if (firstBlocks > presentBlocks) kv.allocate(firstBlocks - presentBlocks);
    this.receiving.push(sequence);
    if (Number.isNaN(table.scheduledMs[sequence]!)) {
      counters.promptTokens += table.computed[sequence]!;
      counters.hitTokens += hitTokens;
      waiting.endQueueTime(sequence, timeMs, 0);
    }
    this.onReserved?.(sequence, timeMs);
  }

  /** The KV of a receiving sequence has come: it decodes from the next form on. */
  complete(sequence: number): void {
    this.ready.push(sequence);
  }

  /** A receiving sequence is cancelled. */
  forget(sequence: number): void {
    this.receiving.remove(sequence);
    this.ready.remove(sequence);
  }

  /** Before the batch takes blocks: sequences whose KV has come become decode rows. */
  join(): void {
    const { rows } = this.former;
    const table = this.table;
    const ready = this.ready;
    for (let i = 0; i < ready.count; i++) {
      const sequence = ready.items[i]!;
      this.register(sequence, table.computed[sequence]!);
      this.joined.push(sequence);
      this.shareArrived();
    }
    ready.clear();
    // Only now: a fork that joins later brings the block that the one before it would fill next, and both use that.
    for (let i = 0; i < this.joined.count; i++) {
      const sequence = this.joined.items[i]!;
      const computed = table.computed[sequence]!;
      this.receiving.remove(sequence);
      table.state[sequence] = SequenceState.decode;
      table.receives[sequence] = 0;
      rows.add(sequence, computed, table.outputTokens[sequence]! - table.generated[sequence]!);
    }
  }

  /** The rows that joined have a token more in the batch being formed, which may fill a block; those after it are output of their own. */
  advanceJoined(): void {
    const table = this.table;
    const { kv } = this.former;
    for (let i = 0; i < this.joined.count; i++) {
      const sequence = this.joined.items[i]!;
      const tokens = table.computed[sequence]! + 1;
      // What it fills of its own stream nobody else does.
      this.share(sequence, Math.min(tokens >> this.blockShift, kv.ownStart(sequence)));
      this.register(sequence, tokens);
    }
    this.shareArrived();
  }

  /** The rows that joined are in the batch, which starts at `startMs`: what its end means for each of them. */
  beginJoined(startMs: number): void {
    const { run, starting } = this.former;
    const table = this.table;
    for (let i = 0; i < this.joined.count; i++) {
      const sequence = this.joined.items[i]!;
      run.joinRow(sequence);
      starting.push(sequence);
      // What it waited after a preemption is no queue time.
      if (table.preemptions[sequence] === 0)
        table.iterationMs[sequence]! += startMs - table.receivedMs[sequence]!;
    }
    this.joined.clear();
  }

  /**
   * Blocks were registered. Receiving sequences, and a prompt that is partly computed, reference those that
   * they would have filled themselves, and give theirs back.
   */
  shareArrived(): void {
    const table = this.table;
    for (let i = 0; i < this.receiving.count; i++) {
      const sequence = this.receiving.items[i]!;
      this.share(sequence, (table.computed[sequence]! + 1) >> this.blockShift);
    }
    const { partial } = this.former.running;
    if (partial < 0) return;
    const tokens = table.promptTokens[partial]! + table.generated[partial]!;
    this.share(partial, tokens >> this.blockShift);
  }

  private register(sequence: number, tokens: number): void {
    const { registeredBlocks } = this.table;
    const covered = tokens >> this.blockShift;
    const registered = registeredBlocks[sequence]!;
    if (covered <= registered) return;
    this.former.kv.register(sequence, registered, covered);
    registeredBlocks[sequence] = covered;
  }

  /** What is here by now of the first `blocks` of a sequence, it uses too. */
  private share(sequence: number, blocks: number): void {
    const { kv } = this.former;
    const { stream, registeredBlocks, heldBlocks } = this.table;
    kv.lookup(stream[sequence]!, blocks);
    const present = kv.presentBlocks;
    const registered = registeredBlocks[sequence]!;
    if (present <= registered) return;
    const held = heldBlocks[sequence]!;
    kv.freeBlocks += Math.min(held, present) - registered;
    registeredBlocks[sequence] = present;
    heldBlocks[sequence] = Math.max(held, present);
  }

  /** The room of a receiving sequence is taken away: what has come of its KV is lost, and it waits for room again. */
  withdraw(sequence: number): void {
    this.forget(sequence);
    this.onWithdrawn?.(sequence);
  }

  /** A replica without a batch has nothing to do, or waits for KV to come or to be read. */
  checkRest(replica: number): void {
    const { running, waiting } = this.former;
    const isStuck = waiting.length > 0 && this.receivingCount + this.heldCount === 0;
    if (running.count > this.receivingCount || isStuck)
      invariant(
        false,
        `replica ${replica} rests with ${running.count} running and ${waiting.length} waiting`,
      );
  }

  /** A preempted sequence leaves the replica. */
  sendBack(sequence: number): void {
    this.table.state[sequence] = SequenceState.returning;
    this.returned.push(sequence);
  }
}
