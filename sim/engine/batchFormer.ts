import type { IterationCost } from '../hardware/iterationCost.js';
import { Admission } from './admission.js';
import { DecodeRows } from './decodeRows.js';
import type { DecodingRows } from './decodingRows.js';
import { Departures } from './departures.js';
import type { EngineCounters } from './engineCounters.js';
import { expireBlocks } from './expireBlocks.js';
import type { Extents } from './extents.js';
import { Foresight } from './foresight.js';
import { FormedRun } from './formedRun.js';
import { KvHandOver } from './kvHandOver.js';
import { KvMemory } from './kvMemory.js';
import type { ReplicaOptions } from './replicaOptions.js';
import { RunningList } from './runningList.js';
import { RunTiming } from './runTiming.js';
import { SequenceList } from './sequenceList.js';
import { SequenceState, type SequenceTable } from './sequenceTable.js';
import type { SharedState } from './sharedState.js';
import { SpeculatingRows } from './speculatingRows.js';
import { Blocked, WaitingLine } from './waitingLine.js';

/**
 * The scheduler of one replica: forms batches, and counts how many equal ones can follow before anything
 * but lengths changes. Order of a form: decode rows in order of admission, the one partial prompt, then
 * admission in the order of the line until the token budget, the slots or the blocks end.
 */
export class BatchFormer {
  readonly rows: DecodingRows;
  readonly kv: KvMemory;
  readonly waiting: WaitingLine;
  readonly running: RunningList;
  /** The batch formed last and its equals; `foresight` puts the next in its place. */
  run: FormedRun;
  readonly departures: Departures;
  readonly foresight: Foresight;
  readonly handOver: KvHandOver;
  readonly counters: EngineCounters;
  /** Sequences whose last token is in the iteration that runs now, in order of completion. */
  readonly draining: SequenceList;
  /** Sequences that give their first token, or the first after a preemption, in the formed batch. */
  readonly starting: SequenceList;
  private readonly options: ReplicaOptions;
  private readonly table: SequenceTable;
  readonly blockShift: number;
  private readonly maxJump: number;
  private readonly admission: Admission;
  private readonly extents: Extents;
  /** Blocks that expire inside a run may let a blocked request in: its first chunk is longer then, but all of it is new. */
  private readonly expiryAdmits: boolean;
  /** Blocks that decoding has taken inside runs so far: the others are taken when a batch is formed. */
  grownBlocks = 0;
  /** Those of them that cached ones had to go for. */
  grownOverCached = 0;
  private admissions = 0;
  private preempted = false;
  /** True once a sequence was to receive its KV from another pool. Until then all hand-over work is skipped. */
  private hasReceived = false;

  constructor(replica: number, options: ReplicaOptions, cost: IterationCost, shared: SharedState) {
    const { table, store } = shared;
    this.options = options;
    this.counters = shared.counters;
    this.extents = store.extents;
    this.expiryAdmits = options.ttlMs !== undefined && !options.wholeSequenceAdmission;
    this.table = table;
    this.draining = new SequenceList(table);
    this.starting = new SequenceList(table);
    this.blockShift = 31 - Math.clz32(options.blockTokens);
    const jumpLimit = cost.isAffine ? 0x7fffffff : RunTiming.maxListed;
    this.maxJump = Math.min(options.maxJump ?? jumpLimit, jumpLimit);
    const rowOptions = { blockShift: this.blockShift, windowTokens: cost.windowTokens };
    const { speculation } = options;
    const speculating = speculation && new SpeculatingRows(table, rowOptions, speculation);
    this.rows = speculating ?? new DecodeRows(table, rowOptions);
    this.kv = new KvMemory(store, table, this.rows, {
      replica,
      totalBlocks: options.kvBlocks,
      blockShift: this.blockShift,
      caching: options.prefixCache,
      stamped: options.ttlMs !== undefined,
    });
    this.run = new FormedRun(cost, options.asyncScheduling, speculating);
    this.waiting = new WaitingLine(table, options.order);
    this.running = new RunningList(table);
    this.admission = new Admission(this.kv, this.blockShift, options.wholeSequenceAdmission);
    this.handOver = new KvHandOver(this, table, this.admission, {
      blockShift: this.blockShift,
      returnsPreempted: options.decodeOnly ?? false,
    });
    this.departures = new Departures(this, table, store, this.blockShift);
    this.foresight = new Foresight(this, cost, options, this.maxJump);
  }

  /** Forms the batch of `timeMs`; it starts to run `untilStartMs` later. */
  form(timeMs: number, untilStartMs: number): void {
    const { rows, run, waiting, counters, handOver } = this;
    waiting.settleFirst(timeMs);
    this.kv.lru.moveTo(timeMs);
    this.expire(timeMs);
    const currentEndMs = timeMs + untilStartMs;
    this.preempted = false;
    this.foresight.clear();
    this.departures.drainFinishedRows();
    if (this.hasReceived && handOver.receivingCount > 0) handOver.join();
    if (rows.count > 0) this.preempted = this.departures.allocateRows(currentEndMs);
    rows.advance(1);
    const joined = this.hasReceived ? handOver.joined.count : 0;
    if (joined > 0) handOver.advanceJoined();
    run.begin(rows.count, rows.contextTokens, rows.windowedTokens);
    if (this.running.partial >= 0) this.continuePartial(currentEndMs);
    const reason = this.admit(timeMs, untilStartMs);
    if (waiting.length > 0) waiting.noteFirst(reason, timeMs);
    if (run.isEmpty) return;
    const isSteady = !(this.preempted || joined > 0);
    const foresees = isSteady && this.foresight.canForesee && !this.hasReceived;
    const isDraining = this.draining.count > 0;
    // Whoever waits may come in for what leaves inside the run.
    const mayAdmit = waiting.length > 0 && (isDraining || this.expiryAdmits);
    const goesOn = isDraining ? foresees : isSteady;
    const mayJump = goesOn && !mayAdmit && run.chunks === 0;
    const untilFinish = mayJump ? rows.formsUntilFinish : 0;
    const length = mayJump ? this.countEqualBatches(untilFinish) : 1;
    counters.iterations++;
    counters.computedTokens += rows.count * rows.tokensPerRow + run.chunkTokens;
    counters.decodeContextTokens += rows.contextTokens;
    counters.chunkPairs += run.chunkPairs;
    run.finish(length, rows.growingCount, this.starting.count);
    this.startDecoding();
    if (joined > 0) handOver.beginJoined(currentEndMs);
    if (foresees && !isDraining) this.foresight.look(untilFinish);
  }

  /** Blocks whose time to live is over at `timeMs` are gone. */
  expire(timeMs: number): void {
    const { ttlMs } = this.options;
    if (ttlMs !== undefined) expireBlocks(this.kv, this.extents, timeMs - ttlMs);
  }

  /** Forms the first batch of a replica without one. If forming preempted the only row, its blocks are free now, so form once more. */
  formAtRest(timeMs: number): void {
    this.form(timeMs, 0);
    if (this.run.isEmpty && this.handOver.receivingCount > 0) this.form(timeMs, 0);
  }

  /** Applies the next `count` forms of the run to contexts and blocks. */
  applyForms(count: number): void {
    const { rows, counters } = this;
    const blocks = rows.blocksFor(count);
    counters.iterations += count;
    counters.computedTokens += count * rows.count * rows.tokensPerRow;
    counters.decodeContextTokens += rows.contextTokensOver(count);
    rows.advance(count);
    if (blocks === 0) return;
    this.grownBlocks += blocks;
    this.grownOverCached += Math.max(0, blocks - this.kv.freeBlocks);
    this.kv.allocate(blocks);
  }

  /**
   * Why a newcomer that is first in line is not admitted in the form that is `formsAhead` further in the
   * run; undefined when it may be.
   */
  reasonNotAdmitted(sequence: number, formsAhead: number): Blocked | undefined {
    const { kv, rows } = this;
    const budget = this.options.maxBatchTokens - rows.count * rows.tokensPerRow;
    if (budget <= 0) return Blocked.tokenBudget;
    if (this.running.count >= this.options.maxSequences) return Blocked.slots;
    const { admission, table } = this;
    // What receives its KV is looked at by a form.
    if (table.receives[sequence] === 1) return undefined;
    const tokens = table.promptTokens[sequence]!;
    admission.plan(table.stream[sequence]!, tokens, budget, this.loadedBlocks(sequence));
    // The hits of a request that shares a running output grow inside the run: only a form can tell.
    if (kv.sharesRunningOutput) return undefined;
    if (this.expiryAdmits) return undefined;
    const fits = admission.mayFitAfter(tokens, rows.blocksFor(formsAhead));
    return fits ? undefined : Blocked.kvBlocks;
  }

  private loadedBlocks(sequence: number): number {
    return this.table.loadsKv ? this.table.loadedBlocks[sequence]! : 0;
  }

  private continuePartial(currentEndMs: number): void {
    const { kv, rows, table } = this;
    const sequence = this.running.partial;
    const computed = table.computed[sequence]!;
    const left = table.promptTokens[sequence]! + table.generated[sequence]! - computed;
    const budget = this.options.maxBatchTokens - rows.count * rows.tokensPerRow;
    const chunk = Math.min(left, budget);
    const blocks = this.admission.blocksFor(computed + chunk);
    const added = blocks - table.heldBlocks[sequence]!;
    if (!kv.makeRoom(added)) {
      this.departures.preempt(sequence, currentEndMs);
      this.preempted = true;
      return;
    }
    if (added > 0) {
      kv.allocate(added);
      table.heldBlocks[sequence] = blocks;
    }
    this.schedule(sequence, chunk, chunk < left);
  }

  /** Admits in the order of the line. Returns why the one now first in line was not admitted. */
  private admit(timeMs: number, untilStartMs: number): Blocked {
    if (this.preempted) return Blocked.kvBlocks;
    const { rows, waiting, admission, table } = this;
    const { maxBatchTokens, maxSequences } = this.options;
    for (let sequence = waiting.first; sequence >= 0; sequence = waiting.first) {
      const budget = maxBatchTokens - rows.count * rows.tokensPerRow - this.run.chunkTokens;
      if (budget <= 0) return Blocked.tokenBudget;
      if (this.running.count >= maxSequences) return Blocked.slots;
      if (table.receives[sequence] === 1) {
        if (!this.handOver.fits(sequence)) return Blocked.kvBlocks;
        this.hasReceived = true;
        this.handOver.reserve(sequence, this.admissions++, timeMs);
        continue;
      }
      const tokens = table.promptTokens[sequence]! + table.generated[sequence]!;
      admission.plan(table.stream[sequence]!, tokens, budget, this.loadedBlocks(sequence));
      if (!admission.fitsNow(tokens)) {
        if (this.running.count === 0 && this.kv.pins?.dropOldest()) continue;
        return Blocked.kvBlocks;
      }
      const left = tokens - admission.hitTokens;
      this.enter(sequence, timeMs, untilStartMs);
      this.schedule(sequence, Math.min(left, budget), budget < left);
    }
    return Blocked.iteration;
  }

  /** The first in line, whose admission is planned, becomes a running sequence. */
  private enter(sequence: number, timeMs: number, untilStartMs: number): void {
    const { counters, kv, table } = this;
    const { hitTokens, presentBlocks, firstBlocks } = this.admission;
    this.waiting.removeFirst();
    this.running.push(sequence);
    table.state[sequence] = SequenceState.prefill;
    table.order[sequence] = this.admissions++;
    table.computed[sequence] = hitTokens;
    table.registeredBlocks[sequence] = presentBlocks;
    table.heldBlocks[sequence] = firstBlocks;
    if (table.loadsKv) {
      counters.lostBlocks += Math.max(0, table.residentBlocks[sequence]! - presentBlocks);
      table.residentBlocks[sequence] = 0;
      table.loadedBlocks[sequence] = 0;
    }
    table.hitTokens[sequence]! += hitTokens;
    kv.acquire(sequence, table.stream[sequence]!);
    if (firstBlocks > presentBlocks) kv.allocate(firstBlocks - presentBlocks);
    if (!Number.isNaN(table.scheduledMs[sequence]!)) return;
    counters.promptTokens += table.promptTokens[sequence]!;
    counters.hitTokens += hitTokens;
    this.waiting.endQueueTime(sequence, timeMs, untilStartMs);
  }

  /** Puts a chunk of a prompt into the batch; `isPartial`: more of it follows in the next one. */
  private schedule(sequence: number, chunk: number, isPartial: boolean): void {
    const table = this.table;
    const prior = table.computed[sequence]!;
    const after = prior + chunk;
    this.run.addChunk(prior, after);
    table.computed[sequence] = after;
    const covered = after >> this.blockShift;
    const registered = table.registeredBlocks[sequence]!;
    if (covered > registered) {
      this.kv.register(sequence, registered, covered);
      table.registeredBlocks[sequence] = covered;
      if (this.hasReceived && this.handOver.receivingCount > 0) this.handOver.shareArrived();
    }
    this.running.partial = isPartial ? sequence : -1;
    if (!isPartial) this.starting.push(sequence);
  }

  /** This batch, and those that can follow with the same rows: until one finishes, leaves the window, or memory ends. */
  countEqualBatches(untilFinish: number): number {
    const { kv, rows } = this;
    const further = Math.min(untilFinish, rows.formsInsideWindow(), this.maxJump - 1);
    return 1 + rows.formsThatFit(further, kv.availableBlocks);
  }

  /** Prompts that complete in this batch are decode rows from the next form on. */
  private startDecoding(): void {
    const { table, starting } = this;
    for (let sequence = starting.first; sequence >= 0; sequence = starting.after(sequence)) {
      table.state[sequence] = SequenceState.decode;
      const tokensLeft = table.outputTokens[sequence]! - table.generated[sequence]! - 1;
      this.rows.add(sequence, table.computed[sequence]!, tokensLeft);
    }
  }
}
