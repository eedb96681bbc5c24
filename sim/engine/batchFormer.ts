import type { IterationCost } from '../hardware/iterationCost.js';
import { IntList } from '../kernel/intList.js';
import { Admission } from './admission.js';
import { DecodeRows } from './decodeRows.js';
import { Departures } from './departures.js';
import { FormedRun } from './formedRun.js';
import { KvHandOver } from './kvHandOver.js';
import { KvMemory } from './kvMemory.js';
import type { PrefixCacheStore } from './prefixCacheStore.js';
import { newReplicaCounters } from './replicaCounters.js';
import type { ReplicaOptions } from './replicaOptions.js';
import { RunningList } from './runningList.js';
import { RunTiming } from './runTiming.js';
import { SequenceState, type SequenceTable } from './sequenceTable.js';
import { Blocked, WaitingLine } from './waitingLine.js';

/**
 * The scheduler of one replica: forms batches, and counts how many equal ones can follow before anything
 * but lengths changes. Order of a form: decode rows in order of admission, the one partial prompt, then
 * admission first come first served until the token budget, the slots or the blocks end.
 */
export class BatchFormer {
  readonly rows: DecodeRows;
  readonly kv: KvMemory;
  readonly waiting: WaitingLine;
  readonly running: RunningList;
  /** The batch formed last and its equals. */
  readonly run: FormedRun;
  readonly departures: Departures;
  readonly handOver: KvHandOver;
  readonly counters = newReplicaCounters();
  /** Sequences whose last token is in the iteration that runs now, in order of completion. */
  readonly draining = new IntList();
  /** Sequences whose prompt completes in the formed batch: first tokens, and returns after a preemption. */
  readonly firstTokens = new IntList();
  readonly resumedTokens = new IntList();
  readonly #options: ReplicaOptions;
  readonly #table: SequenceTable;
  readonly #blockShift: number;
  readonly #maxJump: number;
  readonly #admission: Admission;
  /** Prompts that complete in the batch being formed. */
  readonly #ready = new IntList();
  #admissions = 0;
  #preempted = false;
  /** When the iteration that runs now ends. */
  #currentEndMs = 0;

  constructor(
    replica: number,
    options: ReplicaOptions,
    cost: IterationCost,
    table: SequenceTable,
    store: PrefixCacheStore,
  ) {
    this.#options = options;
    this.#table = table;
    this.#blockShift = 31 - Math.clz32(options.blockTokens);
    const jumpLimit = cost.isAffine ? 0x7fffffff : RunTiming.maxListed;
    this.#maxJump = Math.min(options.maxJump ?? jumpLimit, jumpLimit);
    this.rows = new DecodeRows(table, {
      blockShift: this.#blockShift,
      maxSequences: options.maxSequences,
      windowTokens: cost.windowTokens,
    });
    this.kv = new KvMemory(store, table, this.rows, {
      replica,
      totalBlocks: options.kvBlocks,
      blockShift: this.#blockShift,
      caching: options.prefixCache,
    });
    this.run = new FormedRun(cost, options.asyncScheduling);
    this.waiting = new WaitingLine(table);
    this.running = new RunningList(table);
    this.#admission = new Admission(this.kv, this.#blockShift, options.wholeSequenceAdmission);
    this.handOver = new KvHandOver(this, table, this.#admission, {
      blockShift: this.#blockShift,
      returnsPreempted: options.decodeOnly ?? false,
    });
    this.departures = new Departures(this, table, store, this.#blockShift);
  }

  get blockShift(): number {
    return this.#blockShift;
  }

  /** Forms the batch of `timeMs`; it starts to run `untilStartMs` later. */
  form(timeMs: number, untilStartMs: number): void {
    const { rows, run, waiting, counters, handOver } = this;
    waiting.settleFirst(timeMs);
    this.#currentEndMs = timeMs + untilStartMs;
    this.#preempted = false;
    this.#ready.clear();
    this.#drainFinishedRows();
    if (handOver.receivingCount > 0) handOver.join();
    if (rows.count > 0) this.#allocateDecodeBlocks();
    rows.advance(1);
    const joined = handOver.joined.count;
    if (joined > 0) handOver.advanceJoined();
    run.begin(rows.count, rows.contextTokens, rows.windowedTokens);
    if (this.running.partial >= 0) this.#continuePartial();
    const reason = this.#admit(timeMs, untilStartMs);
    if (waiting.length > 0) waiting.noteFirst(reason, timeMs);
    if (run.isEmpty) return;
    if (joined > 0) handOver.beginJoined(timeMs + untilStartMs);
    const isAlone =
      this.#preempted || this.draining.count > 0 || run.shape.chunks > 0 || joined > 0;
    const length = isAlone ? 1 : this.#countEqualBatches();
    counters.iterations++;
    counters.computedTokens += rows.count + run.shape.chunkTokens;
    counters.decodeContextTokens += rows.contextTokens;
    counters.chunkPairs += run.shape.chunkPairs;
    run.finish(length, rows.growingCount, this.#ready.count);
    this.#startDecoding();
  }

  /** Forms the first batch of a replica without one. A form that preempted its only row has room for somebody else. */
  formAtRest(timeMs: number): void {
    this.form(timeMs, 0);
    if (this.run.isEmpty && this.handOver.receivingCount > 0) this.form(timeMs, 0);
  }

  /** Applies the next `count` forms of the run to contexts and blocks. */
  applyForms(count: number): void {
    const { rows, counters } = this;
    const blocks = rows.blocksFor(count);
    counters.iterations += count;
    counters.computedTokens += count * rows.count;
    counters.decodeContextTokens +=
      count * rows.contextTokens + (rows.count * count * (count + 1)) / 2;
    rows.advance(count);
    if (blocks > 0) this.kv.allocate(blocks);
  }

  /**
   * Why a request, the only one waiting, is not admitted in the form that is `formsAhead` further in the
   * run; undefined when it may be.
   */
  reasonNotAdmitted(sequence: number, formsAhead: number): Blocked | undefined {
    const { kv, rows } = this;
    const budget = this.#options.maxBatchTokens - rows.count;
    if (budget <= 0) return Blocked.tokenBudget;
    if (this.running.count >= this.#options.maxSequences) return Blocked.slots;
    const { stream, loadedBlocks, receives } = this.#table;
    // What receives its KV is looked at by a form.
    if (receives[sequence] === 1) return undefined;
    const tokens = this.#table.promptTokens[sequence]!;
    const admission = this.#admission;
    admission.plan(stream[sequence]!, tokens, budget, loadedBlocks[sequence]!);
    // The hits of a request that shares a running output grow inside the run: only a form can tell.
    if (kv.sharesRunningOutput) return undefined;
    const fits = admission.mayFitAfter(tokens, rows.blocksFor(formsAhead));
    return fits ? undefined : Blocked.kvBlocks;
  }

  /** Rows whose last token was scheduled in the form before: they hold slot and blocks until it has run. */
  #drainFinishedRows(): void {
    const { rows } = this;
    const { finishForm } = this.#table;
    while (rows.count > 0 && finishForm[rows.firstToFinish]! <= rows.forms) {
      this.departures.drain(rows.firstToFinish);
    }
  }

  #allocateDecodeBlocks(): void {
    const { kv, rows } = this;
    const blocks = rows.nextBlocks;
    if (blocks <= kv.availableBlocks) {
      if (blocks > 0) kv.allocate(blocks);
      return;
    }
    // Memory ends in this form: walk the rows as the scheduler does, preempting from the tail.
    this.#preempted = true;
    const table = this.#table;
    for (let row = this.running.first; row >= 0; row = table.next[row]!) {
      if (table.state[row] !== SequenceState.decode || !rows.beginsBlock(row)) continue;
      while (kv.availableBlocks < 1) {
        const victim = this.running.last;
        this.departures.preempt(victim, this.#currentEndMs);
        if (victim === row) return;
      }
      kv.allocate(1);
    }
  }

  #continuePartial(): void {
    const { kv } = this;
    const table = this.#table;
    const sequence = this.running.partial;
    const computed = table.computed[sequence]!;
    const left = table.promptTokens[sequence]! + table.generated[sequence]! - computed;
    const chunk = Math.min(left, this.#options.maxBatchTokens - this.rows.count);
    const blocks = this.#admission.blocksFor(computed + chunk);
    const added = blocks - table.heldBlocks[sequence]!;
    if (added > kv.availableBlocks) {
      this.departures.preempt(sequence, this.#currentEndMs);
      this.#preempted = true;
      return;
    }
    if (added > 0) {
      kv.allocate(added);
      table.heldBlocks[sequence] = blocks;
    }
    this.#schedule(sequence, chunk, chunk < left);
  }

  /** Admits first come first served. Returns why the one now first in line was not admitted. */
  #admit(timeMs: number, untilStartMs: number): Blocked {
    if (this.#preempted) return Blocked.kvBlocks;
    const { rows, waiting } = this;
    const { maxBatchTokens, maxSequences } = this.#options;
    const admission = this.#admission;
    const table = this.#table;
    for (let sequence = waiting.first; sequence >= 0; sequence = waiting.first) {
      const budget = maxBatchTokens - rows.count - this.run.shape.chunkTokens;
      if (budget <= 0) return Blocked.tokenBudget;
      if (this.running.count >= maxSequences) return Blocked.slots;
      if (table.receives[sequence] === 1) {
        if (!this.handOver.fits(sequence)) return Blocked.kvBlocks;
        this.handOver.reserve(sequence, this.#admissions++, timeMs);
        continue;
      }
      const tokens = table.promptTokens[sequence]! + table.generated[sequence]!;
      admission.plan(table.stream[sequence]!, tokens, budget, table.loadedBlocks[sequence]!);
      if (!admission.fitsNow(tokens)) return Blocked.kvBlocks;
      const left = tokens - admission.hitTokens;
      this.#enter(sequence, timeMs, untilStartMs);
      this.#schedule(sequence, Math.min(left, budget), budget < left);
    }
    return Blocked.iteration;
  }

  /** The first in line, whose admission is planned, becomes a running sequence. */
  #enter(sequence: number, timeMs: number, untilStartMs: number): void {
    const { counters, kv } = this;
    const { hitTokens, presentBlocks, firstBlocks } = this.#admission;
    const table = this.#table;
    this.waiting.removeFirst();
    this.running.push(sequence);
    table.state[sequence] = SequenceState.prefill;
    table.order[sequence] = this.#admissions++;
    table.computed[sequence] = hitTokens;
    table.registeredBlocks[sequence] = presentBlocks;
    table.heldBlocks[sequence] = firstBlocks;
    table.loadedBlocks[sequence] = 0;
    table.hitTokens[sequence]! += hitTokens;
    kv.acquire(sequence, table.stream[sequence]!);
    if (firstBlocks > presentBlocks) kv.allocate(firstBlocks - presentBlocks);
    if (!Number.isNaN(table.scheduledMs[sequence]!)) return;
    counters.promptTokens += table.promptTokens[sequence]!;
    counters.hitTokens += hitTokens;
    this.waiting.endQueueTime(sequence, timeMs, untilStartMs);
  }

  /** Puts a chunk of a prompt into the batch; `isPartial`: more of it follows in the next one. */
  #schedule(sequence: number, chunk: number, isPartial: boolean): void {
    const table = this.#table;
    const prior = table.computed[sequence]!;
    const after = prior + chunk;
    this.run.addChunk(prior, after);
    table.computed[sequence] = after;
    const covered = after >> this.#blockShift;
    const registered = table.registeredBlocks[sequence]!;
    if (covered > registered) {
      this.kv.register(sequence, registered, covered);
      table.registeredBlocks[sequence] = covered;
      if (this.handOver.receivingCount > 0) this.handOver.shareArrived();
    }
    this.running.partial = isPartial ? sequence : -1;
    if (!isPartial) this.#ready.push(sequence);
  }

  /** This batch, and those that can follow with the same rows: until one finishes, leaves the window, or memory ends. */
  #countEqualBatches(): number {
    const { kv, rows } = this;
    const untilFinish = this.#table.finishForm[rows.firstToFinish]! - rows.forms;
    const further = Math.min(untilFinish, rows.formsInsideWindow(), this.#maxJump - 1);
    return 1 + rows.formsThatFit(further, kv.availableBlocks);
  }

  /** Prompts that complete in this batch are decode rows from the next form on. */
  #startDecoding(): void {
    const table = this.#table;
    const ready = this.#ready;
    for (let i = 0; i < ready.count; i++) {
      const sequence = ready.items[i]!;
      const generated = table.generated[sequence]!;
      table.state[sequence] = SequenceState.decode;
      const tokensLeft = table.outputTokens[sequence]! - generated - 1;
      this.rows.add(sequence, table.computed[sequence]!, tokensLeft);
      if (generated === 0) this.firstTokens.push(sequence);
      else this.resumedTokens.push(sequence);
    }
  }
}
