import { noUrgency, orderKey, type Urgency } from '../engine/admissionOrder.js';
import { newEngineCounters } from '../engine/engineCounters.js';
import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import { preloadContext } from '../engine/preloadContext.js';
import { recycleRow } from '../engine/recycleRow.js';
import type { Replica } from '../engine/replica.js';
import { SequenceState, SequenceTable } from '../engine/sequenceTable.js';
import type { PoolRun } from '../facts/poolRun.js';
import type { EventCalendar, EventHandler } from '../kernel/calendar.js';
import { LogHistogram } from '../statistics/logHistogram.js';
import type { EnginePoolOptions } from './enginePoolOptions.js';
import { enginePoolRun } from './enginePoolRun.js';
import { homeReplica } from './homeReplica.js';
import { imbalanceOf } from './imbalanceOf.js';
import type { KvCourier } from './kvCourier.js';
import { KvLoads } from './kvLoads.js';
import { LoadTree } from './loadTree.js';
import { newReplicas } from './newReplicas.js';
import type { OnPoolRequestEnd } from './onPoolRequestEnd.js';
import { PoolForecast } from './poolForecast.js';
import { type PoolRouter, poolRouter } from './poolRouter.js';
import { ReplicaEvents } from './replicaEvents.js';
import { ReplicaLevels } from './replicaLevels.js';
import { retainOverGaps } from './retainOverGaps.js';
import type { RoutedRequest } from './router.js';
import { scheduleReturns } from './scheduleReturns.js';

/** Replicas of one model on one kind of hardware behind a router: turns the engine's segments into events. */
export class EnginePool {
  /** Undefined: the pool has no memory tiers. */
  readonly loads: KvLoads | undefined;
  /** Requests turned away at the pool's limit on waiting; counted by who keeps that limit. */
  rejected = 0;
  readonly replicas: readonly Replica[];
  /** Its requests, one row each. */
  readonly table = new SequenceTable();
  /** Gaps between output tokens. */
  readonly itlMs = new LogHistogram();
  /** What its replicas have done. */
  readonly counters = newEngineCounters();
  readonly forecast: PoolForecast;
  private readonly options: EnginePoolOptions;
  private readonly calendar: EventCalendar;
  private readonly store: PrefixCacheStore;
  private courier: KvCourier | undefined = undefined;
  private readonly onEnd: OnPoolRequestEnd;
  private readonly requests: LoadTree;
  private readonly tokens: LoadTree;
  private readonly countsTokens: boolean;
  private readonly router: PoolRouter;
  private readonly levels: ReplicaLevels;
  private readonly events: ReplicaEvents;
  private readonly return: EventHandler = (timeMs, sequence) =>
    this.courier!.onReturned(sequence, timeMs);
  private nextPreload = 0;
  private completed = 0;
  /** Of each replica: time that the requests that have left spent there, summed. */
  private readonly insideMs: Float64Array;

  constructor(
    options: EnginePoolOptions,
    calendar: EventCalendar,
    store: PrefixCacheStore,
    onEnd: OnPoolRequestEnd,
  ) {
    this.options = options;
    this.calendar = calendar;
    this.store = store;
    this.onEnd = onEnd;
    const { replicas: count, router, engine } = options;
    this.requests = new LoadTree(count);
    this.tokens = new LoadTree(count);
    this.countsTokens = router.policy === 'least-tokens' || (router.weights?.tokens ?? 0) > 0;
    this.insideMs = new Float64Array(count);
    this.replicas = newReplicas(
      options,
      { table: this.table, store, counters: this.counters, itlMs: this.itlMs },
      (sequence, timeMs, replica) => this.endSequence(sequence, timeMs, replica),
    );
    this.levels = new ReplicaLevels(options, this.replicas, this.counters, (index, before, now) =>
      this.forecast.noteLine(index, before, now),
    );
    this.events = new ReplicaEvents(calendar, this.replicas, this.levels, (timeMs, index) =>
      this.noteChange(timeMs, index),
    );
    const live = { requests: this.requests, tokens: this.tokens };
    this.router = poolRouter(router, store, this.replicas, live, engine.blockTokens);
    this.loads =
      options.tiering &&
      new KvLoads(options.tiering, {
        ...{ ...options, replicas: this.replicas, table: this.table, store, calendar },
        ...{ ...engine, grid: options.tiering.grid },
        onLoaded: (sequence, timeMs) => this.join(sequence, timeMs),
        likely: this.router.likely,
        heed: (wake, index, timeMs) => this.events.heed(wake, index, timeMs),
      });
    retainOverGaps(this, options, { store, calendar, events: this.events });
    this.forecast = new PoolForecast(this.replicas, this.table, {
      likely: this.router.likely,
      blockTokens: engine.blockTokens,
      countsPrompts: options.isEstimated ?? false,
    });
  }

  /** Requests in the pool that wait for a slot, or for their KV. */
  get waiting(): number {
    return this.levels.waiting;
  }

  /** Requests in the pool that have not ended. For tests. */
  get inside(): number {
    return this.table.inUse;
  }

  /** Is a request of the pool still to be given a slot for the first time? Looks at all that are inside. */
  isWaiting(request: number): boolean {
    const sequence = this.table.rowOf(request);
    return sequence >= 0 && Number.isNaN(this.table.scheduledMs[sequence]!);
  }

  /** How long the request first in line at the least loaded replica has waited, 0 when none does. */
  queueTimeMs(timeMs: number): number {
    return this.forecast.lineAgeMs(this.requests.least, timeMs);
  }

  /** Routes a request that arrives now and gives it to a replica. `seed` names its draws under speculative decoding; `gapMs`: see the table. */
  accept(
    request: number,
    routed: RoutedRequest,
    outputTokens: number,
    timeMs: number,
    urgency: Urgency = noUrgency,
    seed = 0,
    gapMs = Number.NaN,
  ): void {
    const { stream, promptTokens } = routed;
    const index = this.route(routed, timeMs);
    const sequence = this.table.add(request, stream, promptTokens, outputTokens, timeMs);
    if (this.table.drafts) this.table.seed[sequence] = seed;
    if (this.table.keepsGaps) this.table.gapMs[sequence] = gapMs;
    this.enter(sequence, index, timeMs, urgency);
  }

  /** Chooses the replica for a request that arrives now. */
  route(routed: RoutedRequest, timeMs: number): number {
    const index = this.router.route(routed, timeMs);
    this.forecast.noteArrival(index, routed, timeMs);
    return index;
  }

  /** A request, a fresh row of the table, comes to a replica. */
  enter(sequence: number, index: number, timeMs: number, urgency: Urgency = noUrgency): void {
    const { table } = this;
    const promptTokens = table.promptTokens[sequence]!;
    table.replica[sequence] = index;
    const { order } = this.options.engine;
    if (order !== undefined) {
      table.orderKey[sequence] = orderKey(order, timeMs, promptTokens, urgency);
    }
    this.requests.add(index, 1);
    if (this.countsTokens) this.tokens.add(index, promptTokens);
    if (this.loads !== undefined && table.receives[sequence] === 0) {
      if (this.loads.begin(sequence, index, timeMs)) {
        this.noteChange(timeMs, index);
        return;
      }
    }
    this.join(sequence, timeMs);
  }

  /** From now on `courier` moves KV from or to this pool. */
  connect(courier: KvCourier): void {
    this.courier = courier;
    for (const { former } of this.replicas) {
      former.handOver.onReserved = (sequence, timeMs) => courier.onReserved(sequence, timeMs);
      former.handOver.onWithdrawn = (sequence) => courier.onWithdrawn(sequence);
    }
  }

  /** The KV of a sequence that has room reserved has come. */
  receive(sequence: number, timeMs: number): void {
    const index = this.table.replica[sequence]!;
    this.events.heed(this.replicas[index]!.receive(sequence, timeMs), index, timeMs);
  }

  /** The blocks of a held sequence were read, or are not wanted any more: it is gone from here. */
  releaseHeld(sequence: number, timeMs: number): void {
    const index = this.table.replica[sequence]!;
    const replica = this.replicas[index]!;
    const { departures } = replica.former;
    const wake = replica.changeBlocks(timeMs, () => departures.releaseHeld(sequence));
    this.dismiss(sequence);
    this.events.heed(wake, index, timeMs);
  }

  /** A sequence that holds nothing any more is no load, and its row is free. */
  dismiss(sequence: number): void {
    this.unload(sequence, this.table.replica[sequence]!);
    this.table.release(sequence);
  }

  /** Puts KV that has come from elsewhere into the cache of a replica, while it runs, and into its tiers. */
  cache(index: number, stream: number, blocks: number, timeMs: number): void {
    const replica = this.replicas[index]!;
    const preload = () => preloadContext(replica.former.kv, this.table, stream, blocks);
    const wake = replica.changeBlocks(timeMs, preload);
    this.loads?.write(index, stream, blocks * this.options.engine.blockTokens, timeMs);
    this.events.heed(wake, index, timeMs);
  }

  /** The client of a request gave it up. */
  cancel(request: number, timeMs: number): void {
    const sequence = this.table.rowOf(request);
    if (sequence >= 0) this.cancelSequence(sequence, timeMs);
  }

  /** Nobody waits any more for the answer of this row. */
  cancelSequence(sequence: number, timeMs: number): void {
    const index = this.table.replica[sequence]!;
    const replica = this.replicas[index]!;
    if (this.loads?.cancel(sequence, timeMs)) {
      this.table.isAborted[sequence] = 1;
      this.endSequence(sequence, timeMs, replica.index);
      recycleRow(sequence, this.table, this.store);
      this.noteChange(timeMs, index);
    } else this.events.heed(replica.abort(sequence, timeMs), index, timeMs);
  }

  /**
   * Puts the first `tokens` of a context into the cache of a replica: the home of its session where the
   * router looks at that, or under any other router the next in turn.
   */
  preload(routed: RoutedRequest, tokens: number, timeMs: number): void {
    const { engine, router, replicas: count } = this.options;
    if (!engine.prefixCache) return;
    let index = this.nextPreload;
    if (router.policy === 'session-affinity') index = this.router.route(routed, timeMs);
    else if (router.weights?.session) index = homeReplica(routed.affinityKey, count);
    else this.nextPreload = (index + 1) % count;
    const blocks = Math.floor(tokens / engine.blockTokens);
    this.router.notePreloaded(routed, index);
    this.loads?.write(index, routed.stream, tokens, timeMs);
    preloadContext(this.replicas[index]!.former.kv, this.table, routed.stream, blocks);
  }

  /** What the pool did up to `timeMs`. */
  finish(timeMs: number): PoolRun {
    this.levels.advance(timeMs);
    for (const replica of this.replicas) replica.finish(timeMs);
    return enginePoolRun(this.options, this.replicas, this.counters, {
      timeline: this.levels.finish(timeMs),
      completed: this.completed,
      rejected: this.rejected,
      imbalance: imbalanceOf(this.insideMs),
      itlMs: this.itlMs,
      tiers: this.loads?.finish(timeMs),
    });
  }

  /** A request joins the waiting line of its replica. */
  private join(sequence: number, timeMs: number): void {
    const index = this.table.replica[sequence]!;
    this.levels.advance(timeMs);
    this.events.heed(this.replicas[index]!.arrive(sequence, timeMs), index, timeMs);
  }

  private endSequence(sequence: number, timeMs: number, replica: number): void {
    const index = replica - this.options.firstReplica;
    const { table } = this;
    if (table.isAborted[sequence] === 0) {
      this.completed++;
      this.forecast.noteService(timeMs - table.scheduledMs[sequence]!);
      this.loads?.writeContext(sequence, index, timeMs);
    }
    if (table.state[sequence] === SequenceState.held) {
      this.courier!.onHeld(sequence, timeMs);
      return;
    }
    this.unload(sequence, index);
    this.onEnd(table, sequence, timeMs, index);
  }

  /** A sequence is no load of its replica any more. */
  private unload(sequence: number, index: number): void {
    this.requests.add(index, -1);
    if (this.countsTokens) this.tokens.add(index, -this.table.promptTokens[sequence]!);
    this.insideMs[index]! += this.calendar.nowMs - this.table.arrivalMs[sequence]!;
  }

  /** A replica has done something: whoever wants to know is told. */
  private noteChange(timeMs: number, index: number): void {
    const replica = this.replicas[index]!;
    if (this.courier !== undefined) {
      const { returned } = replica.former.handOver;
      if (returned.count > 0) scheduleReturns(returned, this.table, this.calendar, this.return);
    }
    this.levels.tell(timeMs, index, replica, this.loads?.loadingAt(index) ?? 0);
  }
}
