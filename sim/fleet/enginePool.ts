import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import { preloadContext } from '../engine/preloadContext.js';
import { Replica, Wake } from '../engine/replica.js';
import { newReplicaCounters } from '../engine/replicaCounters.js';
import type { ReplicaOptions } from '../engine/replicaOptions.js';
import { SequenceTable } from '../engine/sequenceTable.js';
import type { IterationCost } from '../hardware/iterationCost.js';
import { type EventCalendar, type EventHandler, Rank } from '../kernel/calendar.js';
import type { PoolRun } from '../run/runResult.js';
import type { RouterSpec } from '../run/scenario.js';
import { LogHistogram } from '../statistics/logHistogram.js';
import { homeReplica } from './homeReplica.js';
import { imbalanceOf } from './imbalanceOf.js';
import { LoadTree } from './loadTree.js';
import { PoolForecast } from './poolForecast.js';
import { type PoolRouter, poolRouter } from './poolRouter.js';
import type { RoutedRequest } from './router.js';
import { Level, TimelineRecorder } from './timelineRecorder.js';

const toldColumns = 5;

export interface EnginePoolOptions {
  readonly name: string;
  readonly replicas: number;
  /** Index of the first replica among all replicas of the run: the order of events at one instant. */
  readonly firstReplica: number;
  readonly engine: ReplicaOptions;
  readonly cost: IterationCost;
  readonly router: RouterSpec;
  /** Keeps what estimates of the time in the pool are made from. */
  readonly isEstimated?: boolean;
  readonly timelineBinMs: number;
  readonly timelineBins: number;
}

/** Called when a request of the pool has its last token, or was cancelled and has left; its facts are in `table` at row `sequence`. */
export type OnPoolRequestEnd = (
  table: SequenceTable,
  sequence: number,
  timeMs: number,
  replica: number,
) => void;

/** Replicas of one model on one kind of hardware behind a router: turns the engine's segments into events. */
export class EnginePool {
  /** Requests turned away at the pool's limit on waiting; counted by who keeps that limit. */
  rejected = 0;
  readonly replicas: readonly Replica[];
  readonly forecast: PoolForecast;
  readonly #options: EnginePoolOptions;
  readonly #calendar: EventCalendar;
  readonly #table = new SequenceTable();
  readonly #onEnd: OnPoolRequestEnd;
  readonly #requests: LoadTree;
  readonly #tokens: LoadTree;
  readonly #countsTokens: boolean;
  readonly #router: PoolRouter;
  readonly #timeline: TimelineRecorder;
  readonly #itlMs = new LogHistogram();
  readonly #pendingEvent: Int32Array;
  readonly #handleEnd: EventHandler;
  readonly #handleForming: EventHandler;
  /** Levels of each replica as last told to the timeline, five a replica. */
  readonly #told: Int32Array;
  /** Operations and bytes of each replica as last told. */
  readonly #toldWork: Float64Array;
  #nextPreload = 0;
  #completed = 0;
  #waiting = 0;
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
    this.#onEnd = onEnd;
    const count = options.replicas;
    this.#requests = new LoadTree(count);
    this.#tokens = new LoadTree(count);
    const { policy, weights } = options.router;
    this.#countsTokens = policy === 'least-tokens' || (weights?.tokens ?? 0) > 0;
    this.#insideMs = new Float64Array(count);
    this.#pendingEvent = new Int32Array(count).fill(-1);
    this.#told = new Int32Array(count * toldColumns);
    this.#toldWork = new Float64Array(2 * count);
    this.#timeline = new TimelineRecorder(options.timelineBinMs, options.timelineBins);
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
    this.forecast = new PoolForecast(this.replicas, this.#table, {
      likely: this.#router.likely,
      blockTokens,
      countsPrompts: options.isEstimated ?? false,
    });
  }

  /** Requests in the pool that wait for a slot. */
  get waiting(): number {
    return this.#waiting;
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

  /** Routes a request that arrives now and gives it to a replica. */
  accept(request: number, routed: RoutedRequest, outputTokens: number, timeMs: number): void {
    const { stream, promptTokens } = routed;
    const index = this.#router.route(routed, timeMs);
    this.forecast.noteArrival(index, routed, timeMs);
    const sequence = this.#table.add(request, stream, promptTokens, outputTokens, timeMs);
    this.#table.replica[sequence] = index;
    this.#requests.add(index, 1);
    if (this.#countsTokens) this.#tokens.add(index, promptTokens);
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
    if (this.replicas[index]!.abort(sequence, timeMs) === Wake.endMoved) {
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
    preloadContext(this.replicas[index]!.former.kv, this.#table, routed.stream, blocks);
  }

  /** What the pool did up to `timeMs`. */
  finish(timeMs: number): PoolRun {
    this.#timeline.advance(timeMs);
    const total = newReplicaCounters();
    let evictedBlocks = 0;
    for (const { former } of this.replicas) {
      const { counters } = former;
      for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += counters[key];
      evictedBlocks += former.kv.evictedBlocks;
    }
    return {
      name: this.#options.name,
      kind: 'engine',
      units: this.#options.replicas,
      timeline: this.#timeline.finish(),
      completed: this.#completed,
      rejected: this.rejected,
      preemptions: total.preemptions,
      iterations: total.iterations,
      computedTokens: total.computedTokens,
      promptTokens: total.promptTokens,
      hitTokens: total.hitTokens,
      evictedBlocks,
      kvBlocksPerReplica: this.#options.engine.kvBlocks,
      blockTokens: this.#options.engine.blockTokens,
      imbalance: imbalanceOf(this.#insideMs),
      itlMs: this.#itlMs,
    };
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
    }
    this.#insideMs[index]! += timeMs - this.#table.arrivalMs[sequence]!;
    this.#onEnd(this.#table, sequence, timeMs, index);
  }

  /** Passes on how the levels of a replica changed. */
  #tellTimeline(timeMs: number, index: number): void {
    const timeline = this.#timeline;
    const told = this.#told;
    const { former, isIdle } = this.replicas[index]!;
    const { kv, counters } = former;
    const row = index * toldColumns;
    timeline.advance(timeMs);
    const busy = isIdle ? 0 : 1;
    const running = former.running.count;
    const waiting = former.waiting.length;
    const used = kv.totalBlocks - kv.availableBlocks;
    const cached = kv.evictableBlocks;
    if (busy !== told[row]) timeline.change(Level.busyUnits, busy - told[row]!);
    if (running !== told[row + 1]) timeline.change(Level.running, running - told[row + 1]!);
    if (waiting !== told[row + 2]) {
      timeline.change(Level.waiting, waiting - told[row + 2]!);
      this.#waiting += waiting - told[row + 2]!;
      this.forecast.noteLine(index, told[row + 2]!, waiting);
    }
    if (used !== told[row + 3]) timeline.change(Level.usedKvBlocks, used - told[row + 3]!);
    if (cached !== told[row + 4]) timeline.change(Level.cachedKvBlocks, cached - told[row + 4]!);
    told[row] = busy;
    told[row + 1] = running;
    told[row + 2] = waiting;
    told[row + 3] = used;
    told[row + 4] = cached;
    const workRow = 2 * index;
    timeline.addWork(
      counters.flops - this.#toldWork[workRow]!,
      counters.memoryBytes - this.#toldWork[workRow + 1]!,
    );
    this.#toldWork[workRow] = counters.flops;
    this.#toldWork[workRow + 1] = counters.memoryBytes;
  }
}
