import type { BatchShape } from '../../sim/hardware/iterationCost.js';
import { invariant } from '../../sim/kernel/invariant.js';
import { batchShape } from './batchShape.js';
import type { ReferenceResult } from './referenceResult.js';
import { type BatchRow, ReferenceScheduler } from './referenceScheduler.js';
import { isReceiving, type ReferenceSequence } from './referenceSequence.js';
import type { World } from './world.js';

/** One replica of the reference engine: runs a batch, and under async scheduling has the next one formed. */
export class ReferenceReplica {
  readonly index: number;
  readonly scheduler: ReferenceScheduler;
  /** Requests that were sent here and have not finished. */
  load = 0;
  /** End of the iteration that runs; Infinity when none does. */
  endsAtMs = Number.POSITIVE_INFINITY;
  /** Decides what becomes of the context of a call that has ended. */
  onCallEnd: ((sequence: ReferenceSequence) => void) | undefined;
  readonly #world: World;
  readonly #result: ReferenceResult;
  /** Sequences that keep their blocks for another replica to read, without a slot. */
  readonly held: ReferenceSequence[] = [];
  #running: BatchRow[] = [];
  #formed: BatchRow[] = [];
  /** In order of cancelling: they leave when the iteration ends. */
  #cancelled: ReferenceSequence[] = [];

  constructor(index: number, world: World, result: ReferenceResult) {
    this.index = index;
    this.#world = world;
    this.#result = result;
    this.scheduler = new ReferenceScheduler(world.engine, result);
  }

  get isIdle(): boolean {
    return this.#running.length === 0;
  }

  /** A request takes its place in line: behind all that were preempted, and all with its key or a smaller one. */
  accept(sequence: ReferenceSequence, nowMs: number): void {
    const { waiting } = this.scheduler;
    const { reach } = this.#result;
    let place = waiting.length;
    while (place > 0 && waiting[place - 1]!.goesFirst !== true) {
      if (waiting[place - 1]!.orderKey <= sequence.orderKey) break;
      place--;
    }
    if (place < waiting.length) reach.overtakings++;
    if (place === 0) {
      const overtaken = waiting[0];
      if (overtaken !== undefined) {
        this.scheduler.countWait(overtaken, nowMs);
        overtaken.waitReason = 'headOfLine';
        reach.overtakingsOfTheFirst++;
        if (this.#isDecodingOnly) reach.overtakingsDuringDecode++;
      } else if (this.#isDecodingOnly) reach.arrivalsDuringDecode++;
    } else if (place < waiting.length && waiting[place - 1]!.goesFirst === true)
      reach.overtakingsBehindPreempted++;
    sequence.waitReason = place === 0 ? 'iteration' : 'headOfLine';
    waiting.splice(place, 0, sequence);
  }

  /** The iteration ends: every row that samples gets its tokens. Returns the tasks that finish, then those that were cancelled. */
  endIteration(nowMs: number, onEnd?: (task: number) => void): number[] {
    invariant(nowMs === this.endsAtMs, 'an iteration ends at another time');
    this.scheduler.memory.passTo(nowMs);
    const ended: number[] = [];
    const noteEnd = (task: number) => {
      ended.push(task);
      onEnd?.(task);
    };
    for (const row of this.#running) {
      const { sequence, gives } = row;
      if (gives === 0 || sequence.hasLeft) continue;
      sequence.tokensInFlight -= gives;
      sequence.generatedTokens += gives;
      for (let i = 0; i < gives; i++) this.#result.tokenTimesMs[sequence.task]!.push(nowMs);
      if (sequence.generatedTokens === sequence.outputTokens) {
        if (sequence.handsOver === true) {
          // One that was cancelled leaves with the others that were.
          if (sequence.isCancelled) continue;
          this.scheduler.running.splice(this.scheduler.running.indexOf(sequence), 1);
          this.held.push(sequence);
          noteEnd(sequence.task);
          continue;
        }
        this.#release(sequence, nowMs);
        noteEnd(sequence.task);
      }
    }
    for (const sequence of this.#cancelled) {
      if (sequence.hasLeft) continue;
      this.leave(sequence, nowMs);
      noteEnd(sequence.task);
    }
    this.#cancelled = [];
    this.#running = [];
    this.endsAtMs = Number.POSITIVE_INFINITY;
    return ended;
  }

  /**
   * Nobody waits for the answer any more. What computes its prompt, or gets a token from the iteration that
   * runs, leaves when that ends, if the token was not its last; what only waits leaves at once.
   */
  cancel(sequence: ReferenceSequence, nowMs: number): void {
    if (sequence.isCancelled) return;
    this.#noteReach(sequence);
    sequence.isCancelled = true;
    const isAtBoundary = this.isIdle || isReceiving(sequence);
    const isWaiting = this.scheduler.waiting.includes(sequence);
    if (isAtBoundary || (isWaiting && sequence.tokensInFlight === 0)) this.leave(sequence, nowMs);
    else this.#cancelled.push(sequence);
  }

  /** Starts the next iteration, if there is work. */
  startIteration(nowMs: number): void {
    if (this.#world.engine.asyncScheduling) this.#startFormed(nowMs);
    else {
      this.#formed = this.scheduler.formBatch(nowMs, nowMs);
      this.#formAgainIfNone(nowMs);
      this.#run(this.#formed, nowMs);
      this.#formed = [];
    }
    if (this.isIdle) this.#checkNothingWaits();
  }

  #startFormed(nowMs: number): void {
    this.#run(this.#formed, nowMs);
    this.#formed = this.scheduler.formBatch(nowMs, this.isIdle ? nowMs : this.endsAtMs);
    if (!this.isIdle) return;
    this.#formAgainIfNone(nowMs);
    // An empty batch takes no time.
    this.#run(this.#formed, nowMs);
    this.#formed = this.scheduler.formBatch(nowMs, this.isIdle ? nowMs : this.endsAtMs);
  }

  /** The blocks of a held sequence were read, or nobody wants them any more. */
  releaseHeld(sequence: ReferenceSequence): void {
    this.held.splice(this.held.indexOf(sequence), 1);
    this.scheduler.releaseBlocks(sequence);
    this.load--;
    this.#checkBlocks();
  }

  /** A form that preempted its only row has room for somebody else. */
  #formAgainIfNone(nowMs: number): void {
    if (this.#formed.length === 0 && this.scheduler.running.some(isReceiving))
      this.#formed = this.scheduler.formBatch(nowMs, nowMs);
  }

  #run(batch: BatchRow[], nowMs: number): void {
    this.#running = batch;
    if (batch.length === 0) return;
    for (const row of batch) {
      if (row.sequence.isJoining === true) this.#noteJoined(row.sequence, nowMs);
      else if (!row.sequence.hasStarted) this.#noteStart(row.sequence, nowMs);
    }
    const { cost, engine } = this.#world;
    const tokensPerRow = 1 + (engine.speculation?.draftTokens ?? 0);
    const shape = batchShape(batch, cost.windowTokens, tokensPerRow);
    const durationMs = this.#durationMs(shape);
    this.endsAtMs = nowMs + durationMs;
    const totals = this.#result;
    totals.iterations++;
    totals.computedTokens += shape.chunkTokens + shape.decodeRows * shape.tokensPerDecodeRow;
    for (const { isDecode, tokens, gives } of batch) {
      if (!isDecode) continue;
      totals.draftTokens += tokens - 1;
      totals.acceptedDrafts += gives - 1;
    }
    totals.busyMs += durationMs;
    totals.decodeContextTokens += shape.decodeContextTokens;
    totals.chunkPairs += shape.chunkPairs;
    totals.iterationEndsMs.push(this.endsAtMs);
    const { windowTokens } = cost;
    for (const row of batch)
      if (row.isDecode && windowTokens > 0 && row.contextTokens === windowTokens)
        totals.reach.windowCrossings++;
  }

  #durationMs(shape: BatchShape): number {
    const { cost, engine, grid } = this.#world;
    const hostMs = cost.hostMs(shape.decodeRows + shape.chunks);
    const deviceMs = cost.deviceMs(shape);
    const durationMs = engine.asyncScheduling
      ? Math.max(hostMs, deviceMs) + cost.syncMs
      : hostMs + deviceMs;
    invariant(durationMs > 0, `an iteration takes ${durationMs} ms`);
    invariant(grid.round(durationMs) === durationMs, `${durationMs} ms is not on the grid`);
    return durationMs;
  }

  #noteStart(sequence: ReferenceSequence, nowMs: number): void {
    sequence.hasStarted = true;
    this.noteWaits(sequence, nowMs);
  }

  /** Its KV came a while ago; until now it waited for a batch. */
  #noteJoined(sequence: ReferenceSequence, nowMs: number): void {
    sequence.isJoining = false;
    if (this.#result.preemptions[sequence.task] === 0)
      this.#result.iterationMs[sequence.task]! += nowMs - sequence.receivedMs!;
  }

  /** The queue time of a request is over. */
  noteWaits(sequence: ReferenceSequence, nowMs: number): void {
    const waited = sequence.waitMsByReason;
    const sum =
      waited.headOfLine + waited.slots + waited.kvBlocks + waited.tokenBudget + waited.iteration;
    invariant(
      sum === nowMs - sequence.arrivalMs - sequence.kvLoadMs,
      `task ${sequence.task} waited ${nowMs - sequence.arrivalMs} ms but ${sum} are accounted for`,
    );
    const { task } = sequence;
    this.#result.headOfLineMs[task] = waited.headOfLine;
    this.#result.slotsMs[task] = waited.slots;
    this.#result.kvBlocksMs[task] = waited.kvBlocks;
    this.#result.tokenBudgetMs[task] = waited.tokenBudget;
    this.#result.iterationMs[task] = waited.iteration;
  }

  /** It goes without its last token. Whoever is first in line now has to wait for the next forming. */
  leave(sequence: ReferenceSequence, nowMs: number): void {
    const { scheduler } = this;
    scheduler.memory.passTo(nowMs);
    const wasFirst = scheduler.waiting[0] === sequence;
    if (!sequence.wasScheduled) {
      scheduler.countWait(sequence, nowMs);
      this.noteWaits(sequence, nowMs);
    }
    this.#result.cancelled[sequence.task] = 1;
    this.#release(sequence, nowMs);
    const first = scheduler.waiting[0];
    if (!wasFirst || first === undefined) return;
    scheduler.countWait(first, nowMs);
    first.waitReason = 'iteration';
  }

  #release(sequence: ReferenceSequence, nowMs: number): void {
    const { running, waiting, memory } = this.scheduler;
    this.scheduler.releaseBlocks(sequence);
    if (this.#result.cancelled[sequence.task] === 0) this.onCallEnd?.(sequence);
    // A sequence preempted with its last token in flight finishes from the waiting list.
    const list = running.includes(sequence) ? running : waiting;
    // One that still loads is in neither.
    if (list.includes(sequence)) list.splice(list.indexOf(sequence), 1);
    this.load--;
    sequence.hasLeft = true;
    this.#result.finishMs[sequence.task] = nowMs;
    this.#result.freeBlocksAtFinish[sequence.task] = memory.free;
    this.#result.evictableBlocksAtFinish[sequence.task] = memory.evictable;
    this.#checkBlocks();
  }

  #checkBlocks(): void {
    const { running, memory } = this.scheduler;
    memory.checkConservation([...running, ...this.held].flatMap((other) => other.blocks));
  }

  #noteReach(sequence: ReferenceSequence): void {
    const { reach } = this.#result;
    const { running, waiting } = this.scheduler;
    const tokensLeft = sequence.outputTokens - sequence.generatedTokens;
    const isReading = sequence.blocks.some((block) => block.references > 1);
    if (running.includes(sequence) && isReading) reach.cancelsOfShared++;
    if (waiting.includes(sequence)) {
      if (sequence.tokensInFlight > 0) reach.cancelsPreemptedInFlight++;
      else if (sequence.wasScheduled) reach.cancelsPreempted++;
      else if (waiting[0] === sequence) reach.cancelsFirstInLine++;
      else reach.cancelsInLine++;
    } else if (!sequence.isDecoding) reach.cancelsPrefilling++;
    else if (sequence.generatedTokens === 0) reach.cancelsBeforeFirstToken++;
    else if (sequence.tokensInFlight < tokensLeft) reach.cancelsDecoding++;
    else if (tokensLeft === 1) reach.cancelsWithLastTokenRunning++;
    else reach.cancelsWithLastTokenFormed++;
  }

  get #isDecodingOnly(): boolean {
    return !this.isIdle && this.#running.every((row) => row.isDecode);
  }

  #checkNothingWaits(): void {
    const { running, waiting } = this.scheduler;
    if (running.every(isReceiving) && running.length + this.held.length > 0) return;
    invariant(
      running.length + waiting.length + this.#formed.length === 0,
      `replica ${this.index} stands still with ${running.length} running, ${waiting.length} waiting`,
    );
  }
}
