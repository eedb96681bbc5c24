import { noUrgency, orderKey, type Urgency } from '../engine/admissionOrder.js';
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
import { bestCachedReplica } from './bestCachedReplica.js';
import { buildRouter } from './buildRouter.js';
import { LoadTree } from './loadTree.js';
import type { RoutedRequest, Router } from './router.js';
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
  readonly #options: EnginePoolOptions;
  readonly #calendar: EventCalendar;
  readonly #table = new SequenceTable();
  readonly #onEnd: OnPoolRequestEnd;
  readonly #requests: LoadTree;
  readonly #tokens: LoadTree;
  readonly #countsTokens: boolean;
  readonly #route: Router;
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
    this.#countsTokens = options.router.policy === 'least-tokens';
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
    this.#route = buildRouter(options.router, {
      replicas: count,
      requests: this.#requests,
      tokens: this.#tokens,
      bestCached: bestCachedReplica(
        store,
        this.replicas,
        this.#requests,
        options.engine.blockTokens,
      ),
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

  /** How long the request first in line at the least loaded replica has waited, 0 when none does. */
  queueTimeMs(timeMs: number): number {
    const replica = this.replicas[this.#requests.least]!;
    const first = replica.former.waiting.first;
    return first < 0 ? 0 : timeMs - this.#table.arrivalMs[first]!;
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
    const index = this.#route(routed, timeMs);
    const sequence = this.#table.add(request, stream, promptTokens, outputTokens, timeMs);
    this.#table.replica[sequence] = index;
    this.#table.seed[sequence] = seed;
    const { order } = this.#options.engine;
    if (order !== undefined)
      this.#table.orderKey[sequence] = orderKey(order, timeMs, promptTokens, urgency);
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
   * Puts the first `tokens` of a context into the cache of a replica: the one that session affinity would
   * choose, or under any other router the next in turn.
   */
  preload(routed: RoutedRequest, tokens: number, timeMs: number): void {
    const { engine, router } = this.#options;
    if (!engine.prefixCache) return;
    let index = this.#nextPreload;
    if (router.policy === 'session-affinity') index = this.#route(routed, timeMs);
    else this.#nextPreload = (index + 1) % this.replicas.length;
    const blocks = Math.floor(tokens / engine.blockTokens);
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
      draftTokens: total.draftTokens,
      acceptedDrafts: total.acceptedDrafts,
      kvBlocksPerReplica: this.#options.engine.kvBlocks,
      blockTokens: this.#options.engine.blockTokens,
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
    if (this.#table.isAborted[sequence] === 0) this.#completed++;
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
