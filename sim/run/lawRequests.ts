import { privateContext, type TokenStreams } from '../engine/tokenStreams.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import type { Uniform } from '../kernel/random.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import { lawTransform, type Transform } from '../laws/lawTransform.js';
import { type ArrivalCursor, arrivalTimes } from '../workload/arrivals.js';
import { DrawPurpose } from './drawPurpose.js';
import type { RequestMaker } from './requestMaker.js';
import type { LawSource } from './scenario.js';

/** Requests whose arrivals and lengths follow laws. Lengths are drawn by number, so they do not depend on the arrivals. */
export class LawRequests implements RequestMaker {
  promptTokens = 0;
  outputTokens = 0;
  stream = -1;
  affinityKey = 0;
  private readonly arrivals: ArrivalCursor;
  private readonly batch: number;
  private readonly key: DrawKey;
  private readonly streams: TokenStreams;
  private readonly promptLaw: Transform;
  private readonly outputLaw: Transform;
  private readonly prefixTokens: number;
  private readonly prefixStream: number;
  private leftInBatch = 0;
  private nowMs = 0;

  constructor(
    source: LawSource,
    options: {
      readonly arrivals: Uniform;
      readonly key: DrawKey;
      readonly grid: TimeGrid;
      readonly horizonMs: number;
      readonly streams: TokenStreams;
      /** Stream that holds the shared prefix; −1 without one. */
      readonly prefixStream: number;
    },
  ) {
    const { arrivals, key, grid, horizonMs, streams, prefixStream } = options;
    this.arrivals = arrivalTimes(source.arrivals, arrivals, grid, horizonMs);
    this.batch = source.batch;
    this.key = key;
    this.streams = streams;
    this.promptLaw = lawTransform(source.promptTokens);
    this.outputLaw = lawTransform(source.outputTokens);
    this.prefixTokens = source.sharedPrefix?.tokens ?? 0;
    this.prefixStream = prefixStream;
  }

  nextMs(): number {
    if (this.leftInBatch === 0) {
      this.nowMs = this.arrivals.next();
      this.leftInBatch = this.batch;
    }
    this.leftInBatch--;
    return this.nowMs;
  }

  make(ordinal: number): void {
    const prompt = this.promptLaw(this.key.uniform(DrawPurpose.promptTokens, ordinal));
    const output = this.outputLaw(this.key.uniform(DrawPurpose.outputTokens, ordinal));
    this.promptTokens = this.prefixTokens + wholeTokens(prompt);
    this.outputTokens = wholeTokens(output);
    this.stream =
      this.prefixStream < 0
        ? privateContext
        : this.streams.addFork(this.prefixStream, this.prefixTokens);
    this.affinityKey = ordinal;
  }
}

/** Whole tokens, at least one: a model needs a token to go on from. */
function wholeTokens(drawn: number): number {
  return Math.max(1, Math.min(maxTokens, Math.round(drawn)));
}

const maxTokens = 100_000_000;
