import type { EventHandler } from '../../sim/kernel/calendar.js';
import { invariant } from '../../sim/kernel/invariant.js';
import { blockIdentity } from './blockIdentity.js';
import { privateTasks } from './privateTasks.js';
import { ReferenceLoads } from './referenceLoads.js';
import { ReferencePrefetches } from './referencePrefetches.js';
import { ReferenceReplica } from './referenceReplica.js';
import { emptyReferenceResult, type ReferenceResult } from './referenceResult.js';
import { retainReference } from './referenceRetention.js';
import type { ReferenceSequence } from './referenceSequence.js';
import type { World, WorldTask } from './world.js';

/**
 * The plain engine that says what is right: every iteration is an event, every KV block an object, and
 * nothing is skipped. It is slow and stays in the tests for ever, as the measure of the fast engine.
 *
 * At one instant iterations end first (replicas by index), then requests arrive or are cancelled (in
 * the order of submission), then batches are formed.
 */
export function runReference(world: World): ReferenceResult {
  return new ReferenceRun(world).run();
}

/** What clients do: requests arrive and are given up. And what links do. */
interface PendingEvent {
  readonly kind: 'arrival' | 'cancel' | 'transfer';
  readonly atMs: number;
  readonly order: number;
  readonly task: number;
  /** Of a transfer. */
  readonly handler?: EventHandler;
}

class ReferenceRun {
  readonly #world: World;
  readonly #result: ReferenceResult;
  readonly #replicas: ReferenceReplica[];
  readonly #isPrivate: readonly boolean[];
  /** Names of the full blocks of each task's prompt and output. */
  readonly #identitiesByTask: number[][];
  /** By time, then by submission. */
  readonly #pending: PendingEvent[] = [];
  /** Sequences of the tasks that have arrived. */
  readonly #sequences = new Map<number, ReferenceSequence>();
  /** Tasks whose clients wait for the answer. */
  readonly #awaited = new Set<number>();
  #submitted = 0;
  #nowMs = 0;
  readonly #loads: ReferenceLoads | undefined;
  readonly #prefetches: ReferencePrefetches | undefined;
  /** Replicas that form a batch at the end of this instant. */
  #toForm = new Set<ReferenceReplica>();

  constructor(world: World) {
    this.#world = world;
    this.#result = emptyReferenceResult(world);
    this.#replicas = Array.from(
      { length: world.replicas },
      (_, index) => new ReferenceReplica(index, world, this.#result),
    );
    this.#loads = world.tiering && this.#newLoads();
    if (world.tiering?.prefetch === 'tool-return')
      this.#prefetches = new ReferencePrefetches(
        world,
        this.#loads!,
        this.#result.reach,
        (replica) => {
          if (replica.isIdle && replica.scheduler.waiting.length > 0) this.#toForm.add(replica);
        },
      );
    this.#isPrivate = privateTasks(world);
    for (const replica of this.#replicas)
      replica.onCallEnd = (sequence) =>
        retainReference(world, this.#result.reach, sequence, replica, {
          loads: this.#loads,
          atLater: (delayMs, act) => this.#submit('transfer', -1, this.#nowMs + delayMs, act),
        });
    this.#identitiesByTask = world.tasks.map((task) => this.#identities(task));
  }

  run(): ReferenceResult {
    this.#world.tasks.forEach((task, index) => {
      if (task.atMs !== undefined) this.#submitArrival(index, task.atMs);
      if (task.cancelAtMs !== undefined) this.#submit('cancel', index, task.cancelAtMs);
    });
    for (;;) {
      const nextMs = this.#nextTimeMs();
      if (nextMs === Number.POSITIVE_INFINITY) break;
      invariant(nextMs >= this.#nowMs && nextMs <= this.#world.grid.maxMs, `clock at ${nextMs} ms`);
      this.#nowMs = nextMs;
      this.#runInstant(nextMs);
    }
    this.#closeResult();
    return this.#result;
  }

  #runInstant(nowMs: number): void {
    for (const { scheduler } of this.#replicas) scheduler.memory.passTo(nowMs);
    const ending = this.#replicas.filter((replica) => replica.endsAtMs === nowMs);
    if (ending.length > 1) this.#result.reach.tiedEnds++;
    for (const replica of ending)
      for (const task of replica.endIteration(nowMs)) this.#noteEnd(task, nowMs);

    this.#toForm = new Set(ending);
    while (this.#pending[0]?.atMs === nowMs) {
      const { kind, task, handler } = this.#pending.shift()!;
      if (handler !== undefined) {
        handler(nowMs, task);
        continue;
      }
      if (kind === 'cancel') {
        this.#cancel(task, nowMs, ending.length > 0);
        continue;
      }
      if (ending.length > 0) this.#result.reach.arrivalsOnBoundaries++;
      this.#arrive(task, nowMs);
    }
    for (const replica of this.#toForm) replica.startIteration(nowMs);
  }

  #arrive(task: number, nowMs: number): void {
    const replica = this.#route(task);
    this.#result.arrivalMs[task] = nowMs;
    this.#result.replica[task] = replica.index;
    const sequence = this.#newSequence(task, nowMs);
    this.#sequences.set(task, sequence);
    this.#awaited.add(task);
    replica.load++;
    if (this.#prefetches?.meet(sequence, replica)) return;
    if (this.#loads?.begin(sequence, replica)) return;
    this.#join(sequence, nowMs);
  }

  #join(sequence: ReferenceSequence, nowMs: number): void {
    const replica = this.#replicas[this.#result.replica[sequence.task]!]!;
    replica.accept(sequence, nowMs);
    if (replica.isIdle) this.#toForm.add(replica);
  }

  #newLoads(): ReferenceLoads {
    const now = () => this.#nowMs;
    const clock = {
      get nowMs() {
        return now();
      },
      scheduleArrival: (atMs: number, handler: EventHandler, subject: number) =>
        this.#submit('transfer', subject, atMs, handler),
      cancel: (order: number) => {
        const index = this.#pending.findIndex((event) => event.order === order);
        if (index >= 0) this.#pending.splice(index, 1);
      },
    };
    return new ReferenceLoads(this.#world, this.#result, clock, (sequence, nowMs) => {
      this.#noteLoad(sequence, nowMs);
      this.#join(sequence, nowMs);
    });
  }

  #noteLoad(sequence: ReferenceSequence, nowMs: number): void {
    sequence.kvLoadMs = nowMs - sequence.arrivalMs;
    sequence.waitSinceMs = nowMs;
    this.#result.kvLoadMs[sequence.task] = sequence.kvLoadMs;
  }

  #cancel(task: number, nowMs: number, isBoundary: boolean): void {
    const { reach } = this.#result;
    const sequence = this.#sequences.get(task);
    if (sequence === undefined || sequence.hasLeft) {
      reach.cancelsWithoutEffect++;
      return;
    }
    if (isBoundary) reach.cancelsOnBoundaries++;
    if (sequence.arrivalMs === nowMs) reach.cancelsAtArrival++;
    const replica = this.#replicas[this.#result.replica[task]!]!;
    this.#prefetches?.forget(task);
    if (this.#loads?.isLoading(sequence)) {
      this.#loads.cancel(sequence);
      this.#noteLoad(sequence, nowMs);
      replica.leave(sequence, nowMs);
    } else replica.cancel(sequence, nowMs);
    this.#submitFollowers(task, nowMs);
  }

  #noteEnd(task: number, nowMs: number): void {
    this.#submitFollowers(task, nowMs);
    if (this.#result.cancelled[task] === 1) return;
    this.#prefetches?.noteEnd(task);
    this.#loads?.write(this.#sequences.get(task)!, this.#result.replica[task]!);
    for (const loser of this.#world.tasks[task]!.cancels ?? [])
      this.#submit('cancel', loser.task, nowMs + loser.gapMs);
  }

  #route(task: number, counts = true): ReferenceReplica {
    const { policy, slack } = this.#world.router;
    const least = this.#replicas.reduce((a, b) => (b.load < a.load ? b : a));
    if (policy === 'least-requests') return least;
    const { promptTokens } = this.#world.tasks[task]!;
    const promptBlocks = Math.floor(promptTokens / this.#world.engine.blockTokens);
    const presentBlocks = this.#replicas.map(({ scheduler, index }) =>
      Math.max(
        scheduler.memory.present(this.#identitiesByTask[task]!, promptBlocks).length,
        this.#loads?.presentInOwn(index, this.#identitiesByTask[task]!, promptBlocks) ?? 0,
      ),
    );
    const most = Math.max(...presentBlocks);
    const best = this.#replicas
      .filter((replica) => presentBlocks[replica.index] === most)
      .reduce((a, b) => (b.load < a.load ? b : a));
    if (most === 0 || best.load > least.load + slack) return least;
    if (best !== least && counts) this.#result.reach.routedByPrefix++;
    return best;
  }

  #newSequence(task: number, nowMs: number): ReferenceSequence {
    const { stream, promptTokens, outputTokens } = this.#world.tasks[task]!;
    return {
      task,
      stream,
      promptTokens,
      outputTokens,
      blockIdentities: this.#identitiesByTask[task]!,
      arrivalMs: nowMs,
      orderKey: this.#orderKey(task, nowMs),
      kvLoadMs: 0,
      loadedBlocks: 0,
      residentBlocks: 0,
      piecesLoaded: 0,
      generatedTokens: 0,
      tokensInFlight: 0,
      computedTokens: 0,
      seed: this.#world.tasks[task]!.seed ?? 0,
      decodeRounds: 0,
      blocks: [],
      fullBlocks: 0,
      isDecoding: false,
      isCancelled: false,
      hasLeft: false,
      wasScheduled: false,
      hasStarted: false,
      waitReason: 'headOfLine',
      waitSinceMs: nowMs,
      waitMsByReason: { headOfLine: 0, slots: 0, kvBlocks: 0, tokenBudget: 0, iteration: 0 },
    };
  }

  #orderKey(task: number, nowMs: number): number {
    const { promptTokens, urgency } = this.#world.tasks[task]!;
    switch (this.#world.engine.order) {
      case 'priority':
        return urgency?.priority ?? 0;
      case 'shortest-first':
        return promptTokens;
      case 'least-attained-service':
        return urgency?.attainedTokens ?? 0;
      case 'deadline':
        return urgency === undefined ? Number.POSITIVE_INFINITY : nowMs + urgency.deadlineMs;
      default:
        return nowMs;
    }
  }

  /** The client goes on, unless it has done so before. */
  #submitFollowers(task: number, nowMs: number): void {
    if (!this.#awaited.delete(task)) return;
    for (const follower of this.#world.tasks[task]!.spawns)
      this.#submitArrival(follower.task, nowMs + follower.gapMs);
  }

  /** A hint goes ahead of it, if it has one, but not before it is known. */
  #submitArrival(task: number, atMs: number): void {
    const { hint } = this.#world.tasks[task]!;
    const prefetches = this.#prefetches;
    if (hint !== undefined && prefetches !== undefined && !this.#isPrivate[task]) {
      const hintMs = Math.max(this.#nowMs, atMs - hint.leadMs);
      this.#submit('transfer', task, hintMs, () =>
        prefetches.begin(task, this.#route(task, false), this.#identitiesByTask[task]!),
      );
      if (hint.forgetAfterMs !== undefined)
        this.#submit('transfer', task, hintMs + hint.forgetAfterMs, () => prefetches.forget(task));
    }
    this.#submit('arrival', task, atMs);
  }

  #submit(kind: PendingEvent['kind'], task: number, atMs: number, handler?: EventHandler): number {
    const { grid } = this.#world;
    invariant(grid.round(atMs) === atMs, `the ${kind} of task ${task} is not on the grid`);
    const order = this.#submitted++;
    this.#pending.push({ kind, atMs, order, task, ...(handler && { handler }) });
    this.#pending.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    return order;
  }

  #nextTimeMs(): number {
    const ends = this.#replicas.map((replica) => replica.endsAtMs);
    return Math.min(this.#pending[0]?.atMs ?? Number.POSITIVE_INFINITY, ...ends);
  }

  #identities({ stream, promptTokens, outputTokens }: WorldTask): number[] {
    const { blockTokens } = this.#world.engine;
    const blocks = Math.floor((promptTokens + outputTokens) / blockTokens);
    return Array.from({ length: blocks }, (_, index) =>
      blockIdentity(this.#world.streams, blockTokens, stream, index),
    );
  }

  #closeResult(): void {
    const result = this.#result;
    for (const { scheduler } of this.#replicas) {
      const { memory, counts } = scheduler;
      memory.checkConservation([]);
      result.evictedBlocks += memory.evicted;
      result.lruBlocks.push(memory.lruIdentities);
      result.freeBlocks.push(memory.free);
      result.reach.bursts += counts.bursts;
      result.reach.burstsCutShort += counts.burstsCutShort;
      result.reach.severalBlocks += counts.severalBlocks;
      result.reach.preemptionsWithSpareBlocks += counts.preemptionsWithSpareBlocks;
      result.reach.drainingPreemptions += counts.drainingPreemptions;
      result.reach.readmissions += counts.readmissions;
      result.reach.wholePromptHits += counts.wholePromptHits;
      result.reach.heldForWholeSequence += counts.heldForWholeSequence;
      result.reach.lossesWhileLoading += counts.lossesWhileLoading;
      result.lostBlocks += counts.lostBlocks;
      result.reach.expiredBlocks += memory.expired;
      result.reach.pinsDropped += memory.pinsDropped;
    }
    for (const stores of this.#loads?.tiers ?? []) {
      result.tierEvictions.push(stores.reduce((sum, { evicted }) => sum + evicted, 0));
      result.tierBlocks.push(stores.map(({ identities }) => identities));
    }
    this.#world.tasks.forEach((task, index) => {
      const times = result.tokenTimesMs[index]!;
      const hasArrived = !Number.isNaN(result.arrivalMs[index]!);
      const isRight =
        result.cancelled[index] === 1
          ? times.length < task.outputTokens
          : times.length === (hasArrived ? task.outputTokens : 0);
      invariant(isRight, `task ${index} got ${times.length} of ${task.outputTokens} tokens`);
      result.firstTokenMs[index] = times[0] ?? Number.NaN;
      for (let i = 1; i < times.length; i++) result.itl.add(times[i]! - times[i - 1]!);
    });
  }
}
