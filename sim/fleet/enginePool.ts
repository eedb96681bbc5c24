import { noUrgency, orderKey, type Urgency } from '../engine/admissionOrder.js';
import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import { preloadContext } from '../engine/preloadContext.js';
import { Replica, Wake } from '../engine/replica.js';
import { SequenceTable } from '../engine/sequenceTable.js';
import { privateContext } from '../engine/tokenStreams.js';
import { type EventCalendar, type EventHandler, Rank } from '../kernel/calendar.js';
import type { PoolRun } from '../run/runResult.js';
import { LogHistogram } from '../statistics/logHistogram.js';
import type { EnginePoolOptions } from './enginePoolOptions.js';
import { enginePoolRun } from './enginePoolRun.js';
import { homeReplica } from './homeReplica.js';
import { imbalanceOf } from './imbalanceOf.js';
import { KvLoads } from './kvLoads.js';
import { LoadTree } from './loadTree.js';
import { PoolForecast } from './poolForecast.js';
import { type PoolRouter, poolRouter } from './poolRouter.js';
import { ReplicaLevels } from './replicaLevels.js';
import type { RoutedRequest } from './router.js';
import { TimelineRecorder } from './timelineRecorder.js';

/** Called when a request of the pool has its last token, or was cancelled and has left; its facts are in `table` at row `sequence`. */
export type OnPoolRequestEnd = (
  table: SequenceTable,
  sequence: number,
  timeMs: number,
  replica: number,
) => void;

/** Replicas of one model on one kind of hardware behind a router: turns the engine's segments into events. */
export class EnginePool {
  /** Undefined: the pool has no memory tiers. */
  readonly loads: KvLoads | undefined;
  /** Requests turned away at the pool's limit on waiting; counted by who keeps that limit. */
  rejected = 0;
  readonly replicas: readonly Replica[];
  readonly forecast: PoolForecast;
  readonly #options: EnginePoolOptions;
  readonly #calendar: EventCalendar;
  readonly #store: PrefixCacheStore;
  readonly #table = new SequenceTable();
  readonly #onEnd: OnPoolRequestEnd;
  readonly #requests: LoadTree;
  readonly #tokens: LoadTree;
  readonly #countsTokens: boolean;
  readonly #router: PoolRouter;
  readonly #levels: ReplicaLevels;
  readonly #itlMs = new LogHistogram();
  readonly #pendingEvent: Int32Array;
  readonly #handleEnd: EventHandler;
  readonly #handleForming: EventHandler;
  #nextPreload = 0;
  #completed = 0;
  /** Of each replica: time that the requests that have left spent there, summed. */
  readonly #insideMs: Float64Array;

  constructor(
    options: EnginePoolOptions,
    calendar: EventCalendar,
    store: PrefixCacheStore,
    onEnd: OnPoolRequestEnd,
  ) {
    this.#options = options;
    this.#calendar = calendar;
    this.#store = store;
    this.#onEnd = onEnd;
    const count = options.replicas;
    this.#requests = new LoadTree(count);
    this.#tokens = new LoadTree(count);
    const { policy, weights } = options.router;
    this.#countsTokens = policy === 'least-tokens' || (weights?.tokens ?? 0) > 0;
    this.#insideMs = new Float64Array(count);
    this.#pendingEvent = new Int32Array(count).fill(-1);
    this.#levels = new ReplicaLevels(
      new TimelineRecorder(options.timelineBinMs, options.timelineBins),
      count,
      (index, before, now) => this.forecast.noteLine(index, before, now),
    );
    this.#handleEnd = (timeMs, replica) => this.#endIteration(timeMs, replica);
    this.#handleForming = (timeMs, replica) => this.#startIteration(timeMs, replica);
    const handleSequenceEnd = (sequence: number, timeMs: number, replica: number) =>
      this.#endSequence(sequence, timeMs, replica);
    this.replicas = Array.from(
      { length: count },
      (_, index) =>
        new Replica(
          options.firstReplica + index,
          options.engine,
          options.cost,
          this.#table,
          store,
          this.#itlMs,
          handleSequenceEnd,
        ),
    );
    const live = { requests: this.#requests, tokens: this.#tokens };
    const { blockTokens } = options.engine;
    this.#router = poolRouter(options.router, store, this.replicas, live, blockTokens);
    const { tiering, engine, cost, timelineBinMs, timelineBins } = options;
    this.loads =
      tiering &&
      new KvLoads(tiering, {
        ...{ replicas: this.replicas, table: this.#table, store, calendar, cost },
        ...{ timelineBinMs, timelineBins, grid: tiering.grid },
        blockTokens: engine.blockTokens,
        maxBatchTokens: engine.maxBatchTokens,
        onLoaded: (sequence, timeMs) => this.#join(sequence, timeMs),
      });
    this.forecast = new PoolForecast(this.replicas, this.#table, {
      likely: this.#router.likely,
      blockTokens,
      countsPrompts: options.isEstimated ?? false,
    });
  }

  /** Requests in the pool that wait for a slot, or for their KV. */
  get waiting(): number {
    return this.#levels.waiting;
  }

  /** Requests in the pool that have not ended. */
  get inside(): number {
    return this.#table.inUse;
  }

  /** Is a request of the pool still to be given a slot for the first time? Looks at all that are inside. */
  isWaiting(request: number): boolean {
    const sequence = this.#table.rowOf(request);
    return sequence >= 0 && Number.isNaN(this.#table.scheduledMs[sequence]!);
  }

  /** How long the request first in line at the least loaded replica has waited, 0 when none does. */
  queueTimeMs(timeMs: number): number {
    return this.forecast.lineAgeMs(this.#requests.least, timeMs);
  }

  /** Routes a request that arrives now and gives it to a replica. `seed` names its draws under speculative decoding. */
  accept(
    request: number,
    routed: RoutedRequest,
    outputTokens: number,
    timeMs: number,
    urgency: Urgency = noUrgency,
    seed = 0,
  ): void {
    const { stream, promptTokens } = routed;
    const index = this.#router.route(routed, timeMs);
    this.forecast.noteArrival(index, routed, timeMs);
    const sequence = this.#table.add(request, stream, promptTokens, outputTokens, timeMs);
    this.#table.replica[sequence] = index;
    this.#table.seed[sequence] = seed;
    const { order } = this.#options.engine;
    if (order !== undefined)
      this.#table.orderKey[sequence] = orderKey(order, timeMs, promptTokens, urgency);
    this.#requests.add(index, 1);
    if (this.#countsTokens) this.#tokens.add(index, promptTokens);
    if (this.loads !== undefined) {
      this.#nameStream(sequence);
      if (this.loads.begin(sequence, index, timeMs)) {
        this.#tellTimeline(timeMs, index);
        return;
      }
    }
    this.#join(sequence, timeMs);
  }

  /** A request joins the waiting line of its replica. */
  #join(sequence: number, timeMs: number): void {
    const index = this.#table.replica[sequence]!;
    const replica = this.replicas[index]!;
    const wake = replica.arrive(sequence, timeMs);
    if (wake === Wake.endMoved) {
      this.#calendar.cancel(this.#pendingEvent[index]!);
      this.#scheduleEnd(index);
    } else if (wake === Wake.formNow) {
      this.#scheduleForming(timeMs, index);
    }
    this.#tellTimeline(timeMs, index);
  }

  /** The client of a request gave it up. */
  cancel(request: number, timeMs: number): void {
    const sequence = this.#table.rowOf(request);
    if (sequence < 0) return;
    const index = this.#table.replica[sequence]!;
    if (this.loads?.cancel(sequence, timeMs)) {
      this.#table.isAborted[sequence] = 1;
      this.#endSequence(sequence, timeMs, this.replicas[index]!.index);
      this.replicas[index]!.recycle(sequence);
    } else if (this.replicas[index]!.abort(sequence, timeMs) === Wake.endMoved) {
      this.#calendar.cancel(this.#pendingEvent[index]!);
      this.#scheduleEnd(index);
    }
    this.#tellTimeline(timeMs, index);
  }

  /**
   * Puts the first `tokens` of a context into the cache of a replica: the home of its session where the
   * router looks at that, or under any other router the next in turn.
   */
  preload(routed: RoutedRequest, tokens: number, timeMs: number): void {
    const { engine, router } = this.#options;
    if (!engine.prefixCache) return;
    let index = this.#nextPreload;
    const count = this.replicas.length;
    if (router.policy === 'session-affinity') index = this.#router.route(routed, timeMs);
    else if (router.weights?.session) index = homeReplica(routed.affinityKey, count);
    else this.#nextPreload = (index + 1) % count;
    const blocks = Math.floor(tokens / engine.blockTokens);
    this.#router.notePreloaded(routed, index);
    this.loads?.write(index, routed.stream, tokens, timeMs);
    preloadContext(this.replicas[index]!.former.kv, this.#table, routed.stream, blocks);
  }

  /** What the pool did up to `timeMs`. */
  finish(timeMs: number): PoolRun {
    return enginePoolRun(this.#options, this.replicas, {
      timeline: this.#levels.finish(timeMs),
      completed: this.#completed,
      rejected: this.rejected,
      imbalance: imbalanceOf(this.#insideMs),
      itlMs: this.#itlMs,
      tiers: this.loads?.finish(timeMs),
    });
  }

  /** Tiers keep what nobody shares as well, so every context needs a name. */
  #nameStream(sequence: number): void {
    const table = this.#table;
    if (table.stream[sequence] !== privateContext) return;
    table.stream[sequence] = this.#store.streams.addRoot();
    table.ownsStream[sequence] = 1;
  }

  #endIteration(timeMs: number, index: number): void {
    this.#pendingEvent[index] = -1;
    this.replicas[index]!.end(timeMs);
    // Whatever else belongs to this instant comes first: its arrivals join the batch that is formed now.
    if (this.#calendar.peekMs() > timeMs) this.#startIteration(timeMs, index);
    else this.#scheduleForming(timeMs, index);
  }

  #startIteration(timeMs: number, index: number): void {
    const replica = this.replicas[index]!;
    replica.start(timeMs);
    if (!replica.isIdle) this.#scheduleEnd(index);
    this.#tellTimeline(timeMs, index);
  }

  #scheduleEnd(index: number): void {
    const replica = this.replicas[index]!;
    this.#pendingEvent[index] = this.#calendar.scheduleReplica(
      replica.nextEndMs,
      Rank.iterationEnd,
      replica.index,
      this.#handleEnd,
      index,
    );
  }

  #scheduleForming(timeMs: number, index: number): void {
    const order = this.replicas[index]!.index;
    this.#calendar.scheduleReplica(timeMs, Rank.batchForming, order, this.#handleForming, index);
  }

  #endSequence(sequence: number, timeMs: number, replica: number): void {
    const index = replica - this.#options.firstReplica;
    this.#requests.add(index, -1);
    if (this.#countsTokens) this.#tokens.add(index, -this.#table.promptTokens[sequence]!);
    if (this.#table.isAborted[sequence] === 0) {
      this.#completed++;
      this.forecast.noteService(timeMs - this.#table.scheduledMs[sequence]!);
      if (this.loads !== undefined) this.#writeContext(sequence, index, timeMs);
    }
    this.#insideMs[index]! += timeMs - this.#table.arrivalMs[sequence]!;
    this.#onEnd(this.#table, sequence, timeMs, index);
  }

  #writeContext(sequence: number, replica: number, timeMs: number): void {
    const { stream, promptTokens, outputTokens } = this.#table;
    // The last token is sampled and not computed.
    const tokens = promptTokens[sequence]! + outputTokens[sequence]! - 1;
    this.loads!.write(replica, stream[sequence]!, tokens, timeMs);
  }

  #tellTimeline(timeMs: number, index: number): void {
    const loading = this.loads?.loadingAt(index) ?? 0;
    this.#levels.tell(timeMs, index, this.replicas[index]!, loading);
  }
}
