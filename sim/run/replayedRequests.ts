import { privateContext, type TokenStreams } from '../engine/tokenStreams.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { ArrivalCursor } from '../workload/arrivals.js';
import type { RequestTrace } from '../workload/requestTrace.js';
import { type ForkPlan, planForks } from '../workload/traceForks.js';
import { replayTimes } from '../workload/traceReplay.js';
import type { RequestMaker } from './requestMaker.js';
import type { ReplaySource } from './scenario.js';

/**
 * Requests of a recorded trace. The trace is read through a cursor: only requests that are inside, and
 * streams that later ones fork from, are held.
 */
export class ReplayedRequests implements RequestMaker {
  promptTokens = 0;
  outputTokens = 0;
  stream = -1;
  affinityKey = 0;
  private readonly arrivals: ArrivalCursor;
  private readonly trace: RequestTrace;
  private readonly plan: ForkPlan;
  private readonly streams: TokenStreams;
  /** Stream of each request of the copy being played, while a later one forks from it. */
  private readonly streamOf: Int32Array;
  /** First request of each one's family of prefixes. */
  private readonly family: Int32Array;

  constructor(source: ReplaySource, streams: TokenStreams, grid: TimeGrid, horizonMs: number) {
    this.arrivals = replayTimes(source, grid, horizonMs);
    this.trace = source.trace;
    this.plan = planForks(source.trace);
    this.streams = streams;
    this.streamOf = new Int32Array(source.trace.count).fill(-1);
    this.family = new Int32Array(source.trace.count);
    for (let i = 0; i < source.trace.count; i++) {
      const parent = this.plan.parent[i]!;
      this.family[i] = parent < 0 ? i : this.family[parent]!;
    }
  }

  nextMs(): number {
    return this.arrivals.next();
  }

  make(ordinal: number): void {
    const streams = this.streams;
    const { parent, forkTokens, lastChild } = this.plan;
    const request = ordinal % this.trace.count;
    const elder = parent[request]!;
    const isShared = elder >= 0 || lastChild[request]! >= 0;
    const stream = !isShared
      ? privateContext
      : elder < 0
        ? streams.addRoot()
        : streams.addFork(this.streamOf[elder]!, forkTokens[request]!);
    if (elder >= 0 && lastChild[elder] === request) streams.release(this.streamOf[elder]!);
    if (lastChild[request]! >= 0) {
      streams.retain(stream);
      this.streamOf[request] = stream;
    }
    this.promptTokens = this.trace.promptTokens[request]!;
    this.outputTokens = this.trace.outputTokens[request]!;
    this.stream = stream;
    this.affinityKey = this.family[request]!;
  }
}
