import type { BatchShape } from '../../sim/hardware/iterationCost.js';
import { invariant } from '../../sim/kernel/invariant.js';
import { batchShape } from './batchShape.js';
import type { ReferenceResult } from './referenceResult.js';
import { type BatchRow, ReferenceScheduler } from './referenceScheduler.js';
import type { ReferenceSequence } from './referenceSequence.js';
import type { World } from './world.js';

/** One replica of the reference engine: runs a batch, and under async scheduling has the next one formed. */
export class ReferenceReplica {
  readonly index: number;
  readonly scheduler: ReferenceScheduler;
  /** Requests that were sent here and have not finished. */
  load = 0;
  /** End of the iteration that runs; Infinity when none does. */
  endsAtMs = Number.POSITIVE_INFINITY;
  readonly #world: World;
  readonly #result: ReferenceResult;
  #running: BatchRow[] = [];
  #formed: BatchRow[] = [];

  constructor(index: number, world: World, result: ReferenceResult) {
    this.index = index;
    this.#world = world;
    this.#result = result;
    this.scheduler = new ReferenceScheduler(world.engine, result);
  }

  get isIdle(): boolean {
    return this.#running.length === 0;
  }

  accept(sequence: ReferenceSequence): void {
    const { waiting } = this.scheduler;
    sequence.waitReason = waiting.length === 0 ? 'iteration' : 'headOfLine';
    if (waiting.length === 0 && this.#isDecodingOnly) this.#result.reach.arrivalsDuringDecode++;
    waiting.push(sequence);
    this.load++;
  }

  /** The iteration ends: every row that samples gets its token. Returns the tasks that finish. */
  endIteration(nowMs: number): number[] {
    invariant(nowMs === this.endsAtMs, 'an iteration ends at another time');
    const finished: number[] = [];
    for (const row of this.#running) {
      if (!row.samples) continue;
      const { sequence } = row;
      sequence.tokensInFlight--;
      sequence.generatedTokens++;
      this.#result.tokenTimesMs[sequence.task]!.push(nowMs);
      if (sequence.generatedTokens === sequence.outputTokens) {
        this.#finish(sequence, nowMs);
        finished.push(sequence.task);
      }
    }
    this.#running = [];
    this.endsAtMs = Number.POSITIVE_INFINITY;
    return finished;
  }

  /** Starts the next iteration, if there is work. */
  startIteration(nowMs: number): void {
    if (this.#world.engine.asyncScheduling) this.#startFormed(nowMs);
    else this.#run(this.scheduler.formBatch(nowMs, nowMs), nowMs);
    if (this.isIdle) this.#checkNothingWaits();
  }

  #startFormed(nowMs: number): void {
    this.#run(this.#formed, nowMs);
    this.#formed = this.scheduler.formBatch(nowMs, this.isIdle ? nowMs : this.endsAtMs);
    if (!this.isIdle) return;
    // An empty batch takes no time.
    this.#run(this.#formed, nowMs);
    this.#formed = this.scheduler.formBatch(nowMs, this.isIdle ? nowMs : this.endsAtMs);
  }

  #run(batch: BatchRow[], nowMs: number): void {
    this.#running = batch;
    if (batch.length === 0) return;
    for (const row of batch) if (!row.sequence.hasStarted) this.#noteStart(row.sequence, nowMs);
    const shape = batchShape(batch, this.#world.cost.windowTokens);
    const durationMs = this.#durationMs(shape);
    this.endsAtMs = nowMs + durationMs;
    const totals = this.#result;
    totals.iterations++;
    totals.computedTokens += shape.chunkTokens + shape.decodeRows;
    totals.busyMs += durationMs;
    totals.decodeContextTokens += shape.decodeContextTokens;
    totals.chunkPairs += shape.chunkPairs;
    totals.iterationEndsMs.push(this.endsAtMs);
    const { windowTokens } = this.#world.cost;
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
    const waited = sequence.waitMsByReason;
    const sum =
      waited.headOfLine + waited.slots + waited.kvBlocks + waited.tokenBudget + waited.iteration;
    invariant(
      sum === nowMs - sequence.arrivalMs,
      `task ${sequence.task} waited ${nowMs - sequence.arrivalMs} ms but ${sum} are accounted for`,
    );
    const { task } = sequence;
    this.#result.headOfLineMs[task] = waited.headOfLine;
    this.#result.slotsMs[task] = waited.slots;
    this.#result.kvBlocksMs[task] = waited.kvBlocks;
    this.#result.tokenBudgetMs[task] = waited.tokenBudget;
    this.#result.iterationMs[task] = waited.iteration;
  }

  #finish(sequence: ReferenceSequence, nowMs: number): void {
    const { running, waiting, memory } = this.scheduler;
    this.scheduler.releaseBlocks(sequence);
    // A sequence preempted with its last token in flight finishes from the waiting list.
    const list = running.includes(sequence) ? running : waiting;
    list.splice(list.indexOf(sequence), 1);
    this.load--;
    this.#result.finishMs[sequence.task] = nowMs;
    this.#result.freeBlocksAtFinish[sequence.task] = memory.free;
    this.#result.evictableBlocksAtFinish[sequence.task] = memory.evictable;
    memory.checkConservation(running.flatMap((other) => other.blocks));
  }

  get #isDecodingOnly(): boolean {
    return !this.isIdle && this.#running.every((row) => row.isDecode);
  }

  #checkNothingWaits(): void {
    const { running, waiting } = this.scheduler;
    invariant(
      running.length + waiting.length + this.#formed.length === 0,
      `replica ${this.index} stands still with ${running.length} running, ${waiting.length} waiting`,
    );
  }
}
