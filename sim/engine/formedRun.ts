import { type BatchShape, emptyBatchShape, type IterationCost } from '../hardware/iterationCost.js';
import { IntList } from '../kernel/intList.js';
import type { LogHistogram } from '../statistics/logHistogram.js';
import type { EngineCounters } from './engineCounters.js';
import { RunTiming } from './runTiming.js';
import type { SpeculatingRows } from './speculatingRows.js';

/**
 * The batch formed last on a replica, and the run of equal batches that follows it: `length` of them,
 * each with one token more in every decode row.
 */
export class FormedRun {
  readonly shape: BatchShape = emptyBatchShape();
  readonly timing = new RunTiming();
  length = 1;
  /** Nothing is in the batch. */
  isEmpty = true;
  private readonly cost: IterationCost;
  private readonly isAsync: boolean;
  /** Decode rows that are inside the attention window. */
  private growingRows = 0;
  /** Decode rows of the last batch whose token ends no ordinary gap: cancelled after it was formed, or joined in it. */
  private silentRows = 0;
  /** Tokens of theirs that come after no gap at all: of a burst that nobody is given, or its first. */
  private silentTokens = 0;
  /** Rows that joined in the last batch, where they may give several tokens. */
  private readonly joined = new IntList();
  private readonly speculating: SpeculatingRows | undefined;

  constructor(cost: IterationCost, isAsync: boolean, speculating?: SpeculatingRows) {
    this.cost = cost;
    this.isAsync = isAsync;
    this.speculating = speculating;
    if (speculating) this.shape.tokensPerDecodeRow = speculating.tokensPerRow;
  }

  /** Begins a batch of these decode rows, with no chunks yet. */
  begin(decodeRows: number, contextTokens: number, windowedTokens: number): void {
    const { shape } = this;
    shape.decodeRows = decodeRows;
    shape.decodeContextTokens = contextTokens;
    shape.windowedDecodeContextTokens = windowedTokens;
    shape.chunks = 0;
    shape.chunkTokens = 0;
    shape.chunkPairs = 0;
    shape.chunkPriorTokens = 0;
    shape.windowedChunkPairs = 0;
    shape.windowedChunkPriorTokens = 0;
    this.length = 1;
    this.isEmpty = decodeRows === 0;
    this.silentRows = 0;
    this.silentTokens = 0;
    if (this.speculating === undefined) return;
    this.joined.clear();
    this.speculating.beginRun();
  }

  /** Adds a chunk that computes the tokens after `prior` up to and with `after` of a context. */
  addChunk(prior: number, after: number): void {
    const { shape } = this;
    const tokens = after - prior;
    this.isEmpty = false;
    shape.chunks++;
    shape.chunkTokens += tokens;
    shape.chunkPairs += tokens * after - (tokens * (tokens - 1)) / 2;
    shape.chunkPriorTokens += prior;
    const window = this.cost.windowTokens;
    if (window === 0) return;
    shape.windowedChunkPairs += windowedPairs(after, window) - windowedPairs(prior, window);
    shape.windowedChunkPriorTokens += Math.min(prior, window);
  }

  /** Fixes the length of the run and works out its iteration times. */
  finish(length: number, growingRows: number, completedPrompts: number): void {
    const { shape, timing } = this;
    const cost = this.cost;
    shape.sampledRows = shape.decodeRows * shape.tokensPerDecodeRow + completedPrompts;
    this.length = length;
    this.growingRows = growingRows;
    const hostMs = cost.hostMs(shape.decodeRows + shape.chunks);
    if (!cost.isAffine || this.speculating) {
      this.listDurations(hostMs);
      return;
    }
    const deviceMs = cost.deviceMs(shape);
    const growthMs = length > 1 ? cost.decodeGrowthMs(shape.decodeRows, growingRows) : 0;
    if (this.isAsync) timing.setOverlapped(hostMs, deviceMs, growthMs, cost.syncMs);
    else timing.setSequential(hostMs + deviceMs, growthMs);
  }

  /** Adds the operations and bytes of the whole run. */
  addWork(counters: EngineCounters): void {
    if (this.speculating) {
      this.addSpeculatedWork(this.speculating, counters);
      return;
    }
    const work = this.cost.work(this.shape, this.length, this.growingRows);
    counters.flops += work.flops;
    counters.memoryBytes += work.memoryBytes;
  }

  /** A decode row is cancelled. Under asynchronous scheduling the last batch of the run still has to run with it. */
  cancelRow(sequence: number): void {
    if (!this.isAsync) return;
    this.silentRows++;
    if (this.speculating) this.silentTokens += this.speculating.lastTokensOf(sequence);
  }

  /** A row decodes for the first time in this batch, which is alone: the gap before its token was not this iteration. */
  joinRow(sequence: number): void {
    this.silentRows++;
    this.silentTokens++;
    if (this.speculating) this.joined.push(sequence);
  }

  /** A row that joined in this batch, which has not begun, is cancelled: nobody is given the rest of its burst either. */
  cancelJoined(sequence: number): void {
    if (this.speculating && this.joined.remove(sequence))
      this.silentTokens += this.speculating.lastTokensOf(sequence) - 1;
  }

  /** Adds the gap between tokens that each iteration of the run means for each of its decode rows. */
  recordGaps(histogram: LogHistogram): void {
    const { timing, length } = this;
    const { decodeRows } = this.shape;
    if (decodeRows === 0) return;
    if (this.speculating) {
      // Tokens of one iteration come at one instant: the first after the time of the iteration, the others after none.
      const bursts = length * decodeRows - this.silentRows;
      const tokens = this.speculating.givenIn(length) - this.silentTokens;
      if (tokens > bursts) histogram.add(0, tokens - bursts);
    }
    if (this.silentRows === 0) {
      timing.recordDurations(histogram, length, decodeRows);
      return;
    }
    timing.recordDurations(histogram, length - 1, decodeRows);
    const lastRows = decodeRows - this.silentRows;
    if (lastRows > 0) histogram.add(timing.durationMs(length - 1), lastRows);
  }

  private listDurations(hostMs: number): void {
    const cost = this.cost;
    this.timing.startList();
    for (let j = 0; j < this.length; j++) {
      if (this.speculating) this.setContexts(this.speculating, j);
      const deviceMs = cost.deviceMs(this.shape);
      const totalMs = this.isAsync ? Math.max(hostMs, deviceMs) + cost.syncMs : hostMs + deviceMs;
      this.timing.list(j, totalMs);
      this.shiftContexts(1);
    }
    this.shiftContexts(-this.length);
  }

  /** Contexts of batch `index` of the run, as planned. */
  private setContexts(speculating: SpeculatingRows, index: number): void {
    this.shape.decodeContextTokens = speculating.contextsAt(index);
    this.shape.windowedDecodeContextTokens = speculating.windowedAt(index);
  }

  private addSpeculatedWork(speculating: SpeculatingRows, counters: EngineCounters): void {
    const { length, shape } = this;
    const rows = length * shape.decodeRows;
    counters.draftTokens += rows * (shape.tokensPerDecodeRow - 1);
    counters.acceptedDrafts += speculating.givenIn(length) - rows;
    let contexts = 0;
    let windowed = 0;
    for (let j = 0; j < length; j++) {
      contexts += speculating.contextsAt(j);
      windowed += speculating.windowedAt(j);
    }
    // Work is linear in the context, so a batch of the mean contexts stands for all.
    shape.decodeContextTokens = contexts / length;
    shape.windowedDecodeContextTokens = windowed / length;
    const work = this.cost.work(shape);
    counters.flops += work.flops * length;
    counters.memoryBytes += work.memoryBytes * length;
  }

  private shiftContexts(iterations: number): void {
    this.shape.decodeContextTokens += this.shape.decodeRows * iterations;
    this.shape.windowedDecodeContextTokens += this.growingRows * iterations;
  }
}

/** Query-key pairs of the first `tokens` positions when each sees at most `window` tokens, itself included. */
function windowedPairs(tokens: number, window: number): number {
  if (tokens <= window) return (tokens * (tokens + 1)) / 2;
  return (window * (window + 1)) / 2 + (tokens - window) * window;
}
