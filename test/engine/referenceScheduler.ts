import { draftDraw } from '../../sim/engine/draftAcceptance.js';
import { invariant } from '../../sim/kernel/invariant.js';
import { ReferenceMemory } from './referenceMemory.js';
import {
  isDraining,
  isReceiving,
  knownTokens,
  type ReferenceSequence,
} from './referenceSequence.js';
import type { World } from './world.js';

/** One sequence in a batch. */
export interface BatchRow {
  readonly sequence: ReferenceSequence;
  /** Tokens computed: 1 for a decode row, and its drafts. */
  readonly tokens: number;
  /** Tokens of the context after it, drafts included. */
  readonly contextTokens: number;
  readonly isDecode: boolean;
  /** Output tokens that it gives. */
  readonly gives: number;
}

/** What the tests want to know about a scheduler, beyond the results of its requests. */
export interface SchedulerCounts {
  drainingPreemptions: number;
  readmissions: number;
  bursts: number;
  burstsCutShort: number;
  severalBlocks: number;
  /** Several tokens in the first batch since its KV came. */
  burstsOfJoined: number;
  preemptionsWithSpareBlocks: number;
  /** Admissions whose prompt was wholly in the cache and recomputes its last block. */
  wholePromptHits: number;
  /** Blocks that left while a request loaded those after them; and requests that lost some. */
  lostBlocks: number;
  lossesWhileLoading: number;
  /** Admissions held back only by `wholeSequenceAdmission`. */
  heldForWholeSequence: number;
}

interface FormingBatch {
  readonly rows: BatchRow[];
  budgetTokens: number;
  hasPreempted: boolean;
}

/** Forms the batches of one replica: the rules of the engine, one sequence and one block at a time. */
export class ReferenceScheduler {
  /** In order of admission; draining sequences included. */
  readonly running: ReferenceSequence[] = [];
  readonly waiting: ReferenceSequence[] = [];
  /** Preempted where no prompt is computed: to be taken away. */
  readonly returned: ReferenceSequence[] = [];
  /** Sequences whose KV has come, in that order. */
  readonly arrived: ReferenceSequence[] = [];
  onWithdrawn: ((sequence: ReferenceSequence) => void) | undefined;
  onReserved: ((sequence: ReferenceSequence, nowMs: number) => void) | undefined;
  readonly memory: ReferenceMemory;
  readonly preemptionsByTask: Int32Array;
  readonly hitTokensByTask: Int32Array;
  readonly scheduledMsByTask: Float64Array;
  readonly counts: SchedulerCounts = {
    drainingPreemptions: 0,
    readmissions: 0,
    bursts: 0,
    burstsCutShort: 0,
    severalBlocks: 0,
    burstsOfJoined: 0,
    preemptionsWithSpareBlocks: 0,
    wholePromptHits: 0,
    lostBlocks: 0,
    lossesWhileLoading: 0,
    heldForWholeSequence: 0,
  };
  readonly #engine: World['engine'];

  constructor(
    engine: World['engine'],
    columns: {
      readonly preemptions: Int32Array;
      readonly hitTokens: Int32Array;
      readonly scheduledMs: Float64Array;
    },
  ) {
    this.#engine = engine;
    this.memory = new ReferenceMemory(engine.kvBlocks, engine.prefixCache, engine.ttlMs);
    this.preemptionsByTask = columns.preemptions;
    this.hitTokensByTask = columns.hitTokens;
    this.scheduledMsByTask = columns.scheduledMs;
  }

  /** The next batch, formed now, which starts at `startMs` (the end of the iteration that runs). */
  formBatch(nowMs: number, startMs: number): BatchRow[] {
    this.#countWaits(nowMs);
    this.memory.passTo(nowMs);
    const batch: FormingBatch = {
      rows: [],
      budgetTokens: this.#engine.maxBatchTokens,
      hasPreempted: false,
    };
    for (const sequence of this.arrived.splice(0)) this.#join(sequence);
    this.#continueRunning(batch);
    if (!batch.hasPreempted) this.#admitWaiting(batch, nowMs, startMs);
    this.#nameWaits(batch);
    invariant(batch.budgetTokens >= 0, 'a batch holds more tokens than it may');
    invariant(this.running.length <= this.#engine.maxSequences, 'more sequences run than may');
    return batch.rows;
  }

  /** Gives up all blocks of a sequence, from its last to its first. */
  releaseBlocks(sequence: ReferenceSequence): void {
    for (const block of sequence.blocks.toReversed()) this.memory.release(block);
    sequence.blocks = [];
    sequence.fullBlocks = 0;
  }

  /** Counts the wait of a sequence up to now to its reason; a way back after a preemption is no queue time. */
  countWait(sequence: ReferenceSequence, nowMs: number): void {
    if (sequence.wasScheduled) return;
    sequence.waitMsByReason[sequence.waitReason] += nowMs - sequence.waitSinceMs;
    sequence.waitSinceMs = nowMs;
  }

  #continueRunning(batch: FormingBatch): void {
    for (let i = 0; i < this.running.length; i++) {
      const sequence = this.running[i]!;
      if (isDraining(sequence) || isReceiving(sequence)) continue;
      if (sequence.isDecoding) {
        if (!this.#makeRoom(sequence, this.#tokensPerDecodeRow, batch)) break;
        this.#scheduleDecode(sequence, batch);
        continue;
      }
      this.#registerJoined();
      const remaining = knownTokens(sequence) - sequence.computedTokens;
      const tokens = Math.min(remaining, batch.budgetTokens);
      invariant(tokens > 0, 'a running sequence gets no token of the budget');
      invariant(i === this.running.length - 1, 'a partial prompt is not the last');
      if (!this.#makeRoom(sequence, tokens, batch)) break;
      this.#schedule(sequence, tokens, batch);
    }
    this.#registerJoined();
  }

  /** All decode rows have their blocks: what those that joined have filled can be found. */
  #registerJoined(): void {
    for (const sequence of this.running) {
      if (sequence.isJoining !== true) continue;
      this.#shareFound(sequence);
      this.#registerFull(sequence);
    }
  }

  /** Preempts from the tail until the sequence can get its blocks; false when it was the tail itself. */
  #makeRoom(sequence: ReferenceSequence, tokens: number, batch: FormingBatch): boolean {
    const held = sequence.blocks.length;
    const needed = this.#blocksFor(sequence.computedTokens + tokens) - held;
    while (needed > this.memory.available) {
      if (this.memory.takeOldestPin()) continue;
      const victim = this.running.pop()!;
      this.#preempt(victim);
      batch.hasPreempted = true;
      if (victim === sequence) return false;
    }
    return true;
  }

  #preempt(victim: ReferenceSequence): void {
    if (victim.blocks.length > this.#blocksFor(victim.computedTokens))
      this.counts.preemptionsWithSpareBlocks++;
    this.releaseBlocks(victim);
    victim.goesFirst = true;
    if (isReceiving(victim)) {
      victim.kv = 'due';
      victim.computedTokens = 0;
      this.waiting.unshift(victim);
      this.onWithdrawn?.(victim);
      return;
    }
    if (isDraining(victim)) this.counts.drainingPreemptions++;
    victim.computedTokens = 0;
    victim.isDecoding = false;
    victim.isJoining = false;
    this.preemptionsByTask[victim.task]!++;
    const goesBack = this.#engine.decodeOnly === true && !isDraining(victim);
    if (goesBack) this.returned.push(victim);
    else this.waiting.unshift(victim);
  }

  #admitWaiting(batch: FormingBatch, nowMs: number, startMs: number): void {
    while (
      this.waiting.length > 0 &&
      batch.budgetTokens > 0 &&
      this.running.length < this.#engine.maxSequences
    ) {
      const sequence = this.waiting[0]!;
      if (sequence.kv === 'due') {
        if (!this.#tryReserve(sequence)) return;
        this.waiting.shift();
        this.running.push(sequence);
        this.#noteAdmission(sequence, nowMs, nowMs);
        this.onReserved?.(sequence, nowMs);
        continue;
      }
      const tokens = this.#tryAdmit(sequence, batch.budgetTokens);
      // Where nothing runs nobody else gives blocks.
      if (tokens === 0 && this.running.length === 0 && this.memory.takeOldestPin()) continue;
      if (tokens === 0) return;
      this.#endPins(sequence);
      this.waiting.shift();
      this.running.push(sequence);
      this.#noteAdmission(sequence, nowMs, startMs);
      this.#schedule(sequence, tokens, batch);
    }
  }

  /** References what is cached of the sequence and returns its first chunk, or returns 0 and changes nothing. */
  #tryAdmit(sequence: ReferenceSequence, budgetTokens: number): number {
    invariant(sequence.tokensInFlight === 0, 'a sequence is readmitted with a token in flight');
    const { blockTokens } = this.#engine;
    const known = knownTokens(sequence);
    const present = this.memory.present(sequence.blockIdentities, Math.floor(known / blockTokens));
    const pinned = present.filter((block) => block.references > 0).length;
    // At least one token is computed, for its logits.
    const knownBlocks = Math.max(present.length, sequence.loadedBlocks);
    const hitBlocks = Math.min(knownBlocks, Math.floor((known - 1) / blockTokens));
    const hitTokens = hitBlocks * blockTokens;
    const tokens = Math.min(known - hitTokens, budgetTokens);
    const firstChunkBlocks = Math.max(this.#blocksFor(hitTokens + tokens), present.length) - pinned;
    if (firstChunkBlocks > this.memory.available) return 0;
    const wholeBlocks = this.#blocksFor(known) - pinned;
    if (this.#engine.wholeSequenceAdmission && wholeBlocks > this.memory.available) {
      this.counts.heldForWholeSequence++;
      return 0;
    }
    const lost = sequence.residentBlocks - present.length;
    if (lost > 0) {
      this.counts.lostBlocks += lost;
      this.counts.lossesWhileLoading++;
    }
    sequence.loadedBlocks = 0;
    sequence.residentBlocks = 0;
    for (const block of present) this.memory.reference(block);
    sequence.blocks = present;
    sequence.fullBlocks = present.length;
    sequence.computedTokens = hitTokens;
    this.hitTokensByTask[sequence.task]! += hitTokens;
    if (hitBlocks < present.length) this.counts.wholePromptHits++;
    return tokens;
  }

  /** The next call of a context has its blocks. */
  #endPins(sequence: ReferenceSequence): void {
    const { pins } = this.memory;
    for (let index = pins.length - 1; index >= 0; index--)
      if (pins[index]!.stream === sequence.stream) this.memory.unpin(index);
  }

  /** Takes blocks for all that is known of the sequence but its last token, those that are cached included. */
  #tryReserve(sequence: ReferenceSequence): boolean {
    const { blockTokens } = this.#engine;
    const known = knownTokens(sequence);
    const tokens = known - 1;
    const present = this.memory.present(sequence.blockIdentities, Math.floor(known / blockTokens));
    const pinned = present.filter((block) => block.references > 0).length;
    const blocks = Math.max(this.#blocksFor(tokens), present.length);
    if (blocks - pinned > this.memory.available) return false;
    for (const block of present) this.memory.reference(block);
    sequence.blocks = [...present];
    sequence.fullBlocks = present.length;
    while (sequence.blocks.length < blocks) sequence.blocks.push(this.memory.take());
    sequence.computedTokens = tokens;
    sequence.kv = 'coming';
    this.hitTokensByTask[sequence.task]! += Math.min(tokens, present.length * blockTokens);
    return true;
  }

  /** The KV of the sequence is here: it decodes. */
  #join(sequence: ReferenceSequence): void {
    delete sequence.kv;
    this.#registerFull(sequence);
    for (const other of this.running) if (other.isJoining === true) this.#shareFound(other);
    sequence.isDecoding = true;
    sequence.isJoining = true;
  }

  /** Full blocks can be found from now on; who would fill the same ones uses these instead. */
  #registerFull(sequence: ReferenceSequence): void {
    const full = Math.floor(sequence.computedTokens / this.#engine.blockTokens);
    for (; sequence.fullBlocks < full; sequence.fullBlocks++) {
      const index = sequence.fullBlocks;
      const { blocks, blockIdentities } = sequence;
      this.memory.register(blocks[index]!, blockIdentities[index]!, blockIdentities[index - 1]);
    }
    this.shareArrived();
  }

  /** Who computes or receives what others have brought by now uses theirs. */
  shareArrived(): void {
    for (const other of this.running) if (!other.isDecoding) this.#shareFound(other);
  }

  #shareFound(sequence: ReferenceSequence): void {
    const full = Math.floor(knownTokens(sequence) / this.#engine.blockTokens);
    const found = this.memory.present(sequence.blockIdentities, full);
    for (; sequence.fullBlocks < found.length; sequence.fullBlocks++) {
      const index = sequence.fullBlocks;
      if (index < sequence.blocks.length) this.memory.release(sequence.blocks[index]!);
      this.memory.reference(found[index]!);
      sequence.blocks[index] = found[index]!;
    }
  }

  #noteAdmission(sequence: ReferenceSequence, nowMs: number, startMs: number): void {
    if (sequence.wasScheduled) {
      this.counts.readmissions++;
      return;
    }
    sequence.wasScheduled = true;
    sequence.waitMsByReason.iteration += startMs - nowMs;
    this.scheduledMsByTask[sequence.task] = nowMs;
  }

  get #tokensPerDecodeRow(): number {
    return 1 + (this.#engine.speculation?.draftTokens ?? 0);
  }

  /** Adds a decode row: computes its next token and the drafts, and keeps the leading ones that are accepted. */
  #scheduleDecode(sequence: ReferenceSequence, batch: FormingBatch): void {
    const { speculation } = this.#engine;
    const tokens = this.#tokensPerDecodeRow;
    const contextTokens = sequence.computedTokens + tokens;
    const before = sequence.blocks.length;
    while (sequence.blocks.length < this.#blocksFor(contextTokens))
      sequence.blocks.push(this.memory.take());
    if (sequence.blocks.length > before + 1) this.counts.severalBlocks++;
    let gives = 1;
    if (speculation !== undefined) {
      const draw = draftDraw(sequence.seed, sequence.decodeRounds++) / 2 ** 32;
      gives += speculation.acceptedShares.filter((share) => draw < share).length;
      const left = sequence.outputTokens - sequence.generatedTokens - sequence.tokensInFlight;
      if (gives > left) this.counts.burstsCutShort++;
      gives = Math.min(gives, left);
      if (gives > 1) this.counts.bursts++;
      if (gives > 1 && sequence.isJoining === true) this.counts.burstsOfJoined++;
    }
    sequence.computedTokens += gives;
    sequence.tokensInFlight += gives;
    if (sequence.isJoining !== true) this.#registerFull(sequence);
    batch.rows.push({ sequence, tokens, contextTokens, isDecode: true, gives });
    batch.budgetTokens -= tokens;
  }

  /** Adds a piece of a prompt; its blocks are known to be available. */
  #schedule(sequence: ReferenceSequence, tokens: number, batch: FormingBatch): void {
    sequence.computedTokens += tokens;
    const blocks = this.#blocksFor(sequence.computedTokens);
    while (sequence.blocks.length < blocks) sequence.blocks.push(this.memory.take());
    if (sequence.isJoining !== true) this.#registerFull(sequence);
    const samples = sequence.computedTokens === knownTokens(sequence);
    batch.rows.push({
      sequence,
      tokens,
      contextTokens: sequence.computedTokens,
      isDecode: false,
      gives: samples ? 1 : 0,
    });
    batch.budgetTokens -= tokens;
    if (samples) {
      sequence.tokensInFlight++;
      sequence.isDecoding = true;
    }
  }

  /** Counts the time since the last forming to the reason that was named then. */
  #countWaits(nowMs: number): void {
    for (const sequence of this.waiting) this.countWait(sequence, nowMs);
  }

  /** Names why the first of the waiting list was not admitted; the others wait behind it. */
  #nameWaits(batch: FormingBatch): void {
    for (const sequence of this.waiting) sequence.waitReason = 'headOfLine';
    const first = this.waiting[0];
    if (first === undefined) return;
    if (batch.hasPreempted) first.waitReason = 'kvBlocks';
    else if (batch.budgetTokens <= 0) first.waitReason = 'tokenBudget';
    else if (this.running.length >= this.#engine.maxSequences) first.waitReason = 'slots';
    else first.waitReason = 'kvBlocks';
  }

  #blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.#engine.blockTokens);
  }
}
