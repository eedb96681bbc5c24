import { FormedRun } from '../engine/formedRun.js';
import type { ReplicaOptions } from '../engine/replicaOptions.js';
import type { IterationCost } from '../hardware/iterationCost.js';
import type { EnginePool } from './enginePool.js';
import type { RoutedRequest } from './router.js';
import { sparedTokens } from './sparedTokens.js';
import type { StepEstimate } from './stepEstimate.js';

const noDrafts = { draftTokens: 0, acceptedShares: [] as readonly number[] };

/**
 * Estimates what a call would take in a pool of engines: on the replica where it would probably go, beside the
 * decodes that run there now. A handful of evaluations of the cost model, whatever the load.
 *
 * Queue: requests leave a replica at the rate running / mean service time of late, and the call waits for as
 * many as stand before it, one more than that, while slots or KV blocks are short; at least as long as the first
 * in line has waited so far; and for the prompts before it to be computed.
 */
export class EngineEstimator {
  private readonly pool: EnginePool;
  private readonly engine: ReplicaOptions;
  private readonly cost: IterationCost;
  private readonly usdPerMs: number;
  /** Holds the shape of the iteration that is asked about. */
  private readonly probe: FormedRun;
  /** Output tokens per iteration: more than 1 under speculative decoding. */
  private readonly tokensPerIteration: number;
  private readonly estimate: StepEstimate = { queueMs: 0, prefillMs: 0, decodeMs: 0, usd: 0 };

  constructor(
    pool: EnginePool,
    engine: ReplicaOptions,
    cost: IterationCost,
    usdPerReplicaHour: number | undefined,
  ) {
    this.pool = pool;
    this.engine = engine;
    this.cost = cost;
    this.usdPerMs = (usdPerReplicaHour ?? Number.POSITIVE_INFINITY) / 3_600_000;
    this.probe = new FormedRun(cost, engine.asyncScheduling);
    const { draftTokens, acceptedShares } = engine.speculation ?? noDrafts;
    this.probe.tokensPerDecodeRow = 1 + draftTokens;
    this.tokensPerIteration = acceptedShares.reduce((sum, share) => sum + share, 1);
  }

  /** The result is one object, filled anew by each call. */
  of(request: RoutedRequest, outputTokens: number, timeMs: number): StepEstimate {
    const pool = this.pool;
    const { stream, promptTokens } = request;
    const { blockTokens, maxSequences } = this.engine;
    const { forecast } = pool;
    const index = forecast.likelyReplica(request, timeMs);
    const replica = pool.replicas[index]!;
    const { kv, rows, running, waiting } = replica.former;
    const cached = sparedTokens(replica, stream, promptTokens, blockTokens, timeMs);
    const neededBlocks = Math.ceil(promptTokens / blockTokens) - kv.pinnedBlocks;
    const freeSlots = maxSequences - running.count;
    const isShort = waiting.length >= freeSlots || neededBlocks > kv.availableBlocks;

    const estimate = this.estimate;
    const batch = rows.count + 1;
    estimate.prefillMs = this.prefillMs(index, cached, promptTokens - cached);
    const iterations = Math.max(0, outputTokens - 1) / this.tokensPerIteration;
    estimate.decodeMs = iterations * this.tokenMs(index, request, outputTokens);
    estimate.usd = this.usdPerMs * (estimate.prefillMs + estimate.decodeMs / batch);
    const serviceMs = forecast.meanServiceMs || estimate.prefillMs + estimate.decodeMs;
    const place = Math.max(1, waiting.length - Math.max(0, freeSlots) + 1);
    const drainMs = isShort ? (place * serviceMs) / Math.max(1, running.count) : 0;
    const backlog = Math.round(forecast.backlogTokens(index));
    const backlogMs = backlog > 0 ? this.prefillMs(index, 0, backlog) : 0;
    estimate.queueMs = Math.max(drainMs, forecast.lineAgeMs(index, timeMs)) + backlogMs;
    return estimate;
  }

  /** Chunk by chunk beside the running decodes. All but the last are taken as the one in their middle: exact for times affine in the context. */
  private prefillMs(index: number, cached: number, fresh: number): number {
    const room = Math.max(1, this.engine.maxBatchTokens - this.rowsOf(index).count);
    const full = Math.floor(fresh / room);
    const rest = fresh - full * room;
    const middle = cached + Math.floor(((full - 1) * room) / 2);
    let ms = full > 0 ? full * this.chunkMs(index, middle, middle + room) : 0;
    if (rest > 0) ms += this.chunkMs(index, cached + full * room, cached + fresh);
    return ms;
  }

  private chunkMs(index: number, prior: number, after: number): number {
    const { count, contextTokens, windowedTokens } = this.rowsOf(index);
    this.probe.begin(count, contextTokens, windowedTokens);
    this.probe.addChunk(prior, after);
    return this.iterationMs(count + 1);
  }

  /** An iteration with one decode more, half way through its answer. */
  private tokenMs(index: number, { promptTokens }: RoutedRequest, outputTokens: number): number {
    const { count, contextTokens, windowedTokens } = this.rowsOf(index);
    const { windowTokens } = this.cost;
    const own = promptTokens + Math.round(Math.min(outputTokens, 1e6) / 2);
    this.probe.begin(
      count + 1,
      contextTokens + own,
      windowedTokens + (windowTokens > 0 ? Math.min(own, windowTokens) : 0),
    );
    return this.iterationMs(count + 1);
  }

  private iterationMs(rows: number): number {
    this.probe.sampledRows = rows;
    const deviceMs = this.cost.deviceMs(this.probe);
    const hostMs = this.cost.hostMs(rows);
    if (!this.engine.asyncScheduling) return hostMs + deviceMs;
    return Math.max(hostMs, deviceMs) + this.cost.syncMs;
  }

  private rowsOf(index: number) {
    return this.pool.replicas[index]!.former.rows;
  }
}
