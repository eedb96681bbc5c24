import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import { preloadContext } from '../engine/preloadContext.js';
import { Replica } from '../engine/replica.js';
import type { ReplicaOptions } from '../engine/replicaOptions.js';
import { SequenceState, SequenceTable } from '../engine/sequenceTable.js';
import { Wake } from '../engine/wake.js';
import type { IterationCost } from '../hardware/iterationCost.js';
import { type EventCalendar, type EventHandler, Rank } from '../kernel/calendar.js';
import type { IntList } from '../kernel/intList.js';
import type { PoolRun } from '../run/runResult.js';
import type { RouterSpec } from '../run/scenario.js';
import { LogHistogram } from '../statistics/logHistogram.js';
import { bestCachedReplica } from './bestCachedReplica.js';
import { buildRouter } from './buildRouter.js';
import type { KvCourier } from './kvCourier.js';
import { LoadTree } from './loadTree.js';
import { poolTotals } from './poolTotals.js';
import { ReplicaLevels } from './replicaLevels.js';
import type { RoutedRequest, Router } from './router.js';

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
  /** Chooses the replica for a request that arrives now. */
  readonly route: Router;
  /** Gaps between output tokens. */
  readonly itlMs = new LogHistogram();
  /** Its requests, one row each. */
  readonly table = new SequenceTable();
  readonly #options: EnginePoolOptions;
  #courier: KvCourier | undefined;
  readonly #calendar: EventCalendar;
  readonly #onEnd: OnPoolRequestEnd;
  readonly #requests: LoadTree;
  readonly #tokens: LoadTree;
  readonly #countsTokens: boolean;
  readonly #levels: ReplicaLevels;
  readonly #pendingEvent: Int32Array;
  readonly #handleEnd: EventHandler;
  readonly #handleForming: EventHandler;
  readonly #handleReturn: EventHandler = (timeMs, sequence) =>
    this.#courier!.onReturned(sequence, timeMs);
  #nextPreload = 0;
  #completed = 0;

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
    this.#levels = new ReplicaLevels(count, options.timelineBinMs, options.timelineBins);
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
          this.table,
          store,
          this.itlMs,
          handleSequenceEnd,
        ),
    );
    this.route = buildRouter(options.router, {
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
    return this.#levels.waiting;
  }

  /** Requests in the pool that have not ended. */
  get inside(): number {
    return this.table.inUse;
  }

  /** How long the request first in line at the least loaded replica has waited, 0 when none does. */
  queueTimeMs(timeMs: number): number {
    const replica = this.replicas[this.#requests.least]!;
    const first = replica.former.waiting.first;
    return first < 0 ? 0 : timeMs - this.table.arrivalMs[first]!;
  }

  /** From now on `courier` moves KV from or to this pool. */
  connect(courier: KvCourier): void {
    this.#courier = courier;
    for (const { former } of this.replicas) {
      former.handOver.onReserved = (sequence, timeMs) => courier.onReserved(sequence, timeMs);
      former.handOver.onWithdrawn = (sequence) => courier.onWithdrawn(sequence);
    }
  }

  /** Routes a request that arrives now and gives it to a replica. */
  accept(request: number, routed: RoutedRequest, outputTokens: number, timeMs: number): void {
    const { stream, promptTokens } = routed;
    const index = this.route(routed, timeMs);
    const sequence = this.table.add(request, stream, promptTokens, outputTokens, timeMs);
    this.enter(sequence, index, timeMs);
  }

  /** A request, a fresh row of the table, arrives at a replica. */
  enter(sequence: number, index: number, timeMs: number): void {
    this.table.replica[sequence] = index;
    this.#requests.add(index, 1);
    if (this.#countsTokens) this.#tokens.add(index, this.table.promptTokens[sequence]!);
    this.#heed(this.replicas[index]!.arrive(sequence, timeMs), index, timeMs);
  }

  /** The KV of a sequence that has room reserved has come. */
  receive(sequence: number, timeMs: number): void {
    const index = this.table.replica[sequence]!;
    this.#heed(this.replicas[index]!.receive(sequence, timeMs), index, timeMs);
  }

  /** The blocks of a held sequence were read, or are not wanted any more: it is gone from here. */
  releaseHeld(sequence: number, timeMs: number): void {
    const index = this.table.replica[sequence]!;
    const replica = this.replicas[index]!;
    const { departures } = replica.former;
    const wake = replica.changeBlocks(timeMs, () => departures.releaseHeld(sequence));
    this.dismiss(sequence);
    this.#heed(wake, index, timeMs);
  }

  /** A sequence that holds nothing any more is no load, and its row is free. */
  dismiss(sequence: number): void {
    const index = this.table.replica[sequence]!;
    this.#requests.add(index, -1);
    if (this.#countsTokens) this.#tokens.add(index, -this.table.promptTokens[sequence]!);
    this.table.release(sequence);
  }

  /** Puts KV that has come from elsewhere into the cache of a replica, while it runs. */
  cache(index: number, stream: number, blocks: number, timeMs: number): void {
    const replica = this.replicas[index]!;
    const preload = () => preloadContext(replica.former.kv, this.table, stream, blocks);
    this.#heed(replica.changeBlocks(timeMs, preload), index, timeMs);
  }

  /** The client of a request gave it up. */
  cancel(request: number, timeMs: number): void {
    const sequence = this.table.rowOf(request);
    if (sequence >= 0) this.cancelSequence(sequence, timeMs);
  }

  cancelSequence(sequence: number, timeMs: number): void {
    const index = this.table.replica[sequence]!;
    this.#heed(this.replicas[index]!.abort(sequence, timeMs), index, timeMs);
  }

  /**
   * Puts the first `tokens` of a context into the cache of a replica: the one that session affinity would
   * choose, or under any other router the next in turn.
   */
  preload(routed: RoutedRequest, tokens: number, timeMs: number): void {
    const { engine, router } = this.#options;
    if (!engine.prefixCache) return;
    let index = this.#nextPreload;
    if (router.policy === 'session-affinity') index = this.route(routed, timeMs);
    else this.#nextPreload = (index + 1) % this.replicas.length;
    const blocks = Math.floor(tokens / engine.blockTokens);
    preloadContext(this.replicas[index]!.former.kv, this.table, routed.stream, blocks);
  }

  /** What the pool did up to `timeMs`. */
  finish(timeMs: number): PoolRun {
    const { counters: total, evictedBlocks } = poolTotals(this.replicas);
    return {
      name: this.#options.name,
      kind: 'engine',
      units: this.#options.replicas,
      timeline: this.#levels.finish(timeMs),
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
      itlMs: this.itlMs,
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
    const { returned } = replica.former.handOver;
    if (returned.count > 0) this.#sendBack(returned, timeMs);
    this.#levels.note(index, this.replicas[index]!, timeMs);
  }

  /** Preempted sequences go when the token has come that they may have in the iteration that runs. */
  #sendBack(returned: IntList, timeMs: number): void {
    for (let i = 0; i < returned.count; i++) {
      const sequence = returned.items[i]!;
      const lastTokenMs = this.table.lastTokenMs[sequence]!;
      const leaveMs = lastTokenMs > timeMs ? lastTokenMs : timeMs;
      this.#calendar.scheduleArrival(leaveMs, this.#handleReturn, sequence);
    }
    returned.clear();
  }

  /** Does what a replica asks for after something happened to it. */
  #heed(wake: Wake, index: number, timeMs: number): void {
    if (wake === Wake.endMoved) {
      this.#calendar.cancel(this.#pendingEvent[index]!);
      this.#scheduleEnd(index);
    } else if (wake === Wake.formNow) {
      this.#scheduleForming(timeMs, index);
    }
    this.#levels.note(index, this.replicas[index]!, timeMs);
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
    if (this.table.state[sequence] === SequenceState.held) {
      this.#completed++;
      this.#courier!.onHeld(sequence, timeMs);
      return;
    }
    this.#requests.add(index, -1);
    if (this.#countsTokens) this.#tokens.add(index, -this.table.promptTokens[sequence]!);
    if (this.table.isAborted[sequence] === 0) this.#completed++;
    this.#onEnd(this.table, sequence, timeMs, index);
  }
}
