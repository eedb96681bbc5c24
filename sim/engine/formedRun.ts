import type { BatchShape, IterationCost, IterationWork } from '../hardware/iterationCost.js';
import { IntList } from '../kernel/intList.js';
import type { LogHistogram } from '../statistics/logHistogram.js';
import type { EngineCounters } from './engineCounters.js';
import { RunTiming } from './runTiming.js';
import type { SpeculatingRows } from './speculatingRows.js';

/**
 * The batch formed last on a replica, and the run of equal batches that follows it: `length` of them,
 * each with one token more in every decode row. The shape is that of the first.
 */
export class FormedRun implements BatchShape {
  decodeRows = 0;
  tokensPerDecodeRow = 1;
  chunks = 0;
  chunkTokens = 0;
  chunkPairs = 0;
  chunkPriorTokens = 0;
  decodeContextTokens = 0;
  windowedChunkPairs = 0;
  windowedChunkPriorTokens = 0;
  windowedDecodeContextTokens = 0;
  sampledRows = 0;
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
    if (speculating) this.tokensPerDecodeRow = speculating.tokensPerRow;
  }

  /** Begins a batch of these decode rows, with no chunks yet. */
  begin(decodeRows: number, contextTokens: number, windowedTokens: number): void {
    this.decodeRows = decodeRows;
    this.decodeContextTokens = contextTokens;
    this.windowedDecodeContextTokens = windowedTokens;
    this.chunks = 0;
    this.chunkTokens = 0;
    this.chunkPairs = 0;
    this.chunkPriorTokens = 0;
    this.windowedChunkPairs = 0;
    this.windowedChunkPriorTokens = 0;
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
    const tokens = after - prior;
    this.isEmpty = false;
    this.chunks++;
    this.chunkTokens += tokens;
    this.chunkPairs += tokens * after - (tokens * (tokens - 1)) / 2;
    this.chunkPriorTokens += prior;
    const window = this.cost.windowTokens;
    if (window === 0) return;
    this.windowedChunkPairs += windowedPairs(after, window) - windowedPairs(prior, window);
    this.windowedChunkPriorTokens += Math.min(prior, window);
  }

  /** Fixes the length of the run and works out its iteration times. */
  finish(length: number, growingRows: number, completedPrompts: number): void {
    const { cost, timing } = this;
    this.sampledRows = this.decodeRows * this.tokensPerDecodeRow + completedPrompts;
    this.length = length;
    this.growingRows = growingRows;
    const hostMs = cost.hostMs(this.decodeRows + this.chunks);
    if (!cost.isAffine || this.speculating) {
      this.listDurations(hostMs);
      return;
    }
    const deviceMs = cost.deviceMs(this);
    const growthMs = length > 1 ? cost.decodeGrowthMs(this.decodeRows, growingRows) : 0;
    if (this.isAsync) timing.setOverlapped(hostMs, deviceMs, growthMs, cost.syncMs);
    else timing.setSequential(hostMs + deviceMs, growthMs);
  }

  /** Adds the operations and bytes of the whole run. */
  addWork(counters: EngineCounters): void {
    if (this.speculating) {
      this.addSpeculatedWork(this.speculating, counters);
      return;
    }
    const work = this.workOf(this.length);
    counters.flops += work.flops;
    counters.memoryBytes += work.memoryBytes;
  }

  /** Operations and bytes of its first `count` batches. With drafts no more than these: contexts then grow faster. */
  workOf(count: number): IterationWork {
    return this.cost.work(this, count, this.growingRows);
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
    const { decodeRows, length, timing } = this;
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
      const deviceMs = cost.deviceMs(this);
      const totalMs = this.isAsync ? Math.max(hostMs, deviceMs) + cost.syncMs : hostMs + deviceMs;
      this.timing.list(j, totalMs);
      this.shiftContexts(1);
    }
    this.shiftContexts(-this.length);
  }

  /** Contexts of batch `index` of the run, as planned. */
  private setContexts(speculating: SpeculatingRows, index: number): void {
    this.decodeContextTokens = speculating.contextsAt(index);
    this.windowedDecodeContextTokens = speculating.windowedAt(index);
  }

  private addSpeculatedWork(speculating: SpeculatingRows, counters: EngineCounters): void {
    const { length } = this;
    const rows = length * this.decodeRows;
    counters.draftTokens += rows * (this.tokensPerDecodeRow - 1);
    counters.acceptedDrafts += speculating.givenIn(length) - rows;
    let contexts = 0;
    let windowed = 0;
    for (let j = 0; j < length; j++) {
      contexts += speculating.contextsAt(j);
      windowed += speculating.windowedAt(j);
    }
    // Work is linear in the context, so a batch of the mean contexts stands for all.
    this.decodeContextTokens = contexts / length;
    this.windowedDecodeContextTokens = windowed / length;
    const work = this.cost.work(this);
    counters.flops += work.flops * length;
    counters.memoryBytes += work.memoryBytes * length;
  }

  private shiftContexts(iterations: number): void {
    this.decodeContextTokens += this.decodeRows * iterations;
    this.windowedDecodeContextTokens += this.growingRows * iterations;
  }
}

/** Query-key pairs of the first `tokens` positions when each sees at most `window` tokens, itself included. */
function windowedPairs(tokens: number, window: number): number {
  if (tokens <= window) return (tokens * (tokens + 1)) / 2;
  return (window * (window + 1)) / 2 + (tokens - window) * window;
}
