import type { EventHandler } from '../../../sim/kernel/calendar.js';
import { invariant } from '../../../sim/kernel/invariant.js';
import { LogHistogram } from '../../../sim/statistics/logHistogram.js';
import { blockIdentity } from '../blockIdentity.js';
import { lineage } from '../lineage.js';
import { ReferenceLoads } from '../referenceLoads.js';
import { ReferenceReplica } from '../referenceReplica.js';
import { emptyReferenceResult, type ReferenceResult } from '../referenceResult.js';
import { isReceiving, type ReferenceSequence } from '../referenceSequence.js';
import type { World } from '../world.js';
import {
  emptyHandOverColumns,
  type HandOverResult,
  type HandOverWorld,
  type PoolFacts,
} from './handOverWorld.js';
import { ReferenceNetwork, type ReferenceTransfer } from './referenceNetwork.js';

/** What the reference says of a world of two pools, and what worlds are built from. */
export interface ReferenceHandOver extends HandOverResult {
  readonly tokenTimesMs: number[][];
  readonly arrivalMs: Float64Array;
  readonly iterationEndsMs: number[];
  readonly reach: HandOverReach;
}

/** Kinds of situation that a world led to. */
export interface HandOverReach {
  handOvers: number;
  directs: number;
  /** Prompts computed in both pools, and what happened to them there. */
  rePrefills: number;
  rePrefillHits: number;
  rePrefillPreemptions: number;
  cancelsOfRePrefills: number;
  decodeHits: number;
  returnedThroughPrefill: number;
  withdrawn: number;
  recomputedAtDecode: number;
  contendedTransfers: number;
  zeroTransfers: number;
  cancelsHeld: number;
  cancelsWaiting: number;
  cancelsReceiving: number;
  cancelsDecoding: number;
  cancelsPrefilling: number;
  returnsCached: number;
  returnsTooLate: number;
  blockedByHeld: number;
  endsAtPrefill: number;
  overtakingsAtPrefill: number;
  overtakingsAtDecode: number;
  bursts: number;
  burstsOfJoined: number;
  burstsCutShort: number;
  severalBlocks: number;
  preemptionsWithSpareBlocks: number;
  returnsWhileDrafting: number;
  cancelsOfJoining: number;
  loads: number;
  cancelsLoading: number;
  lossesWhileLoading: number;
  writesOfReturned: number;
  expiredAtPrefill: number;
  expiredAtDecode: number;
}

interface Pool {
  readonly world: World;
  readonly result: ReferenceResult;
  readonly replicas: ReferenceReplica[];
  readonly firstReplica: number;
  readonly identities: number[][];
  readonly outLinks: number[];
  readonly inLinks: number[];
}

/** One task on its way through the pools. */
interface Handed {
  readonly task: number;
  stage: 'prefill' | 'held' | 'waiting' | 'receiving' | 'decode' | 'direct' | 'done';
  generated: number;
  decodeRounds: number;
  rounds: number;
  prefillReplica: number;
  decodeReplica: number;
  /** Tokens of the context when it was last computed in the prefill pool. */
  prefilledTokens: number;
  prefillStartMs: number;
  prefillMs: number;
  reservedMs: number;
  sequence: ReferenceSequence | undefined;
  held: ReferenceSequence | undefined;
  transfer: ReferenceTransfer | undefined;
  reachedDecode: boolean;
  isCancelled: boolean;
}

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly run: (nowMs: number) => void;
}

/** Runs such a world one iteration, one block and one transfer at a time. */
export function runReferenceHandOver(world: HandOverWorld): ReferenceHandOver {
  return new ReferenceHandOverRun(world).run();
}

class ReferenceHandOverRun {
  readonly #world: HandOverWorld;
  readonly #prefill: Pool;
  readonly #decode: Pool;
  readonly #network: ReferenceNetwork;
  /** Of the prefill pool. */
  readonly #loads: ReferenceLoads | undefined;
  readonly #columns;
  readonly #handed = new Map<number, Handed>();
  readonly #tokenTimesMs: number[][];
  readonly #arrivalMs: Float64Array;
  readonly #awaited = new Set<number>();
  readonly #itl = new LogHistogram();
  readonly #reach: HandOverReach = {
    handOvers: 0,
    directs: 0,
    rePrefills: 0,
    rePrefillHits: 0,
    rePrefillPreemptions: 0,
    cancelsOfRePrefills: 0,
    decodeHits: 0,
    returnedThroughPrefill: 0,
    withdrawn: 0,
    recomputedAtDecode: 0,
    contendedTransfers: 0,
    zeroTransfers: 0,
    cancelsHeld: 0,
    cancelsWaiting: 0,
    cancelsReceiving: 0,
    cancelsDecoding: 0,
    cancelsPrefilling: 0,
    returnsCached: 0,
    returnsTooLate: 0,
    blockedByHeld: 0,
    endsAtPrefill: 0,
    overtakingsAtPrefill: 0,
    overtakingsAtDecode: 0,
    bursts: 0,
    burstsOfJoined: 0,
    burstsCutShort: 0,
    severalBlocks: 0,
    preemptionsWithSpareBlocks: 0,
    returnsWhileDrafting: 0,
    cancelsOfJoining: 0,
    loads: 0,
    cancelsLoading: 0,
    lossesWhileLoading: 0,
    writesOfReturned: 0,
    expiredAtPrefill: 0,
    expiredAtDecode: 0,
  };
  #pending: Pending[] = [];
  #orders = 0;

  constructor(world: HandOverWorld) {
    this.#world = world;
    const { prefill, decode } = world;
    this.#network = new ReferenceNetwork(prefill.grid, () => this.#orders++);
    this.#prefill = this.#pool(prefill, 0, world.prefillBytesPerMs);
    const { tiering: _prefillOnly, ...shared } = prefill;
    const decodeWorld = { ...shared, ...decode };
    this.#decode = this.#pool(decodeWorld, prefill.replicas, world.decodeBytesPerMs);
    this.#loads = prefill.tiering && this.#newLoads();
    for (const { scheduler } of this.#decode.replicas) this.#listen(scheduler);
    const count = prefill.tasks.length;
    this.#columns = emptyHandOverColumns(count);
    this.#arrivalMs = new Float64Array(count).fill(Number.NaN);
    this.#tokenTimesMs = prefill.tasks.map(() => []);
  }

  #listen(scheduler: ReferenceReplica['scheduler']): void {
    scheduler.onReserved = (sequence, nowMs) => this.#reserved(sequence, nowMs);
    scheduler.onWithdrawn = (sequence) => {
      const handed = this.#handed.get(sequence.task)!;
      this.#reach.withdrawn++;
      if (handed.transfer !== undefined) this.#network.leave(handed.transfer, this.#nowMs, false);
      handed.transfer = undefined;
      handed.stage = 'waiting';
    };
  }

  run(): ReferenceHandOver {
    this.#world.prefill.tasks.forEach((task, index) => {
      if (task.atMs !== undefined) this.#submit(task.atMs, (nowMs) => this.#arrive(index, nowMs));
      if (task.cancelAtMs !== undefined)
        this.#submit(task.cancelAtMs, (nowMs) => this.#cancel(index, nowMs));
    });
    for (let guard = 0; ; guard++) {
      invariant(guard < 1_000_000, 'the world does not end');
      const nowMs = this.#nextMs();
      if (nowMs === Number.POSITIVE_INFINITY) break;
      this.#runInstant(nowMs);
    }
    return this.#close();
  }

  #runInstant(nowMs: number): void {
    const pools = [this.#prefill, this.#decode];
    for (const { replicas } of pools)
      for (const { scheduler } of replicas) scheduler.memory.passTo(nowMs);
    const toForm = new Set<ReferenceReplica>();
    for (const pool of pools)
      for (const replica of pool.replicas) {
        if (replica.endsAtMs !== nowMs) continue;
        toForm.add(replica);
        replica.endIteration(nowMs, (task) => this.#ended(pool, replica, task, nowMs));
      }
    this.#toForm = toForm;
    for (;;) {
      const next = this.#takePending(nowMs);
      if (next !== undefined) {
        next(nowMs);
        continue;
      }
      const [replica] = [...toForm].sort((a, b) => this.#globalIndex(a) - this.#globalIndex(b));
      if (replica === undefined) return;
      toForm.delete(replica);
      replica.startIteration(nowMs);
      if (replica.isIdle && replica.scheduler.waiting.length > 0 && replica.held.length > 0)
        this.#reach.blockedByHeld++;
      for (const sequence of replica.scheduler.returned.splice(0)) {
        const atMs = sequence.tokensInFlight > 0 ? replica.endsAtMs : nowMs;
        this.#submit(atMs, (thenMs) => this.#comeBack(sequence, replica, thenMs));
      }
    }
  }

  #toForm = new Set<ReferenceReplica>();

  #globalIndex(replica: ReferenceReplica): number {
    return this.#decode.replicas.includes(replica)
      ? this.#decode.firstReplica + replica.index
      : replica.index;
  }

  #takePending(nowMs: number): ((nowMs: number) => void) | undefined {
    const transfer = this.#network.next;
    const pending = this.#pending[0];
    const pendingIsFirst =
      transfer === undefined ||
      (pending !== undefined &&
        (pending.atMs < transfer.endMs ||
          (pending.atMs === transfer.endMs && pending.order < transfer.order)));
    if (pendingIsFirst) {
      if (pending?.atMs !== nowMs) return undefined;
      this.#pending.shift();
      return pending.run;
    }
    if (transfer.endMs !== nowMs) return undefined;
    return () => {
      this.#network.leave(transfer, nowMs, true);
      const { latencyMs } = this.#world.options;
      if (latencyMs > 0) this.#submit(nowMs + latencyMs, transfer.onDone);
      else transfer.onDone();
    };
  }

  #arrive(task: number, nowMs: number): void {
    const { promptTokens } = this.#world.prefill.tasks[task]!;
    const { minTokens } = this.#world.options;
    const handed: Handed = {
      task,
      stage: 'prefill',
      generated: 0,
      decodeRounds: 0,
      rounds: 0,
      prefillReplica: -1,
      decodeReplica: -1,
      prefilledTokens: promptTokens,
      prefillStartMs: nowMs,
      prefillMs: 0,
      reservedMs: Number.NaN,
      sequence: undefined,
      held: undefined,
      transfer: undefined,
      reachedDecode: false,
      isCancelled: false,
    };
    this.#handed.set(task, handed);
    this.#awaited.add(task);
    this.#arrivalMs[task] = nowMs;
    if (minTokens > 0) {
      const replica = this.#route(this.#decode, task, promptTokens);
      handed.decodeReplica = replica.index;
      const cached =
        this.#present(this.#decode, replica, task, promptTokens) *
        this.#decode.world.engine.blockTokens;
      if (promptTokens - cached < minTokens) {
        this.#reach.directs++;
        handed.stage = 'direct';
        handed.sequence = this.#newSequence(this.#decode, task, promptTokens, nowMs);
        handed.reachedDecode = true;
        this.#enter(replica, handed.sequence);
        return;
      }
    }
    this.#startPrefill(handed, nowMs);
  }

  #startPrefill(handed: Handed, nowMs: number): void {
    const { task, generated } = handed;
    const { promptTokens, outputTokens } = this.#world.prefill.tasks[task]!;
    const tokens = promptTokens + generated;
    const sequence = this.#newSequence(this.#prefill, task, tokens, nowMs, 1);
    const isLast = this.#world.options.firstToken === 'prefill' && generated + 1 === outputTokens;
    if (isLast) this.#reach.endsAtPrefill++;
    sequence.handsOver = !isLast && !this.#world.options.recomputes;
    if (handed.rounds > 0) {
      sequence.wasScheduled = true;
      sequence.hasStarted = true;
    }
    handed.stage = 'prefill';
    handed.prefilledTokens = tokens;
    handed.sequence = sequence;
    const replica = this.#route(this.#prefill, task, tokens);
    handed.prefillReplica = replica.index;
    this.#enter(replica, sequence);
  }

  #enter(replica: ReferenceReplica, sequence: ReferenceSequence): void {
    replica.load++;
    const isAtPrefill = this.#prefill.replicas.includes(replica);
    if (isAtPrefill && this.#loads?.begin(sequence, replica)) return;
    this.#join(replica, sequence, this.#nowMs);
  }

  #join(replica: ReferenceReplica, sequence: ReferenceSequence, nowMs: number): void {
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
        this.#submit(atMs, (nowMs) => handler(nowMs, subject)),
      cancel: (order: number) => {
        this.#pending = this.#pending.filter((event) => event.order !== order);
      },
    };
    const { world, result } = this.#prefill;
    return new ReferenceLoads(world, result, clock, (sequence, nowMs) => {
      this.#noteLoad(sequence, nowMs);
      const { prefillReplica } = this.#handed.get(sequence.task)!;
      this.#join(this.#prefill.replicas[prefillReplica]!, sequence, nowMs);
    });
  }

  #noteLoad(sequence: ReferenceSequence, nowMs: number): void {
    sequence.kvLoadMs = nowMs - sequence.arrivalMs;
    sequence.waitSinceMs = nowMs;
    const { task } = sequence;
    if (this.#handed.get(task)!.rounds === 0) this.#columns.kvLoadMs[task] = sequence.kvLoadMs;
  }

  /** A sequence has ended, or is held, at the end of an iteration. */
  #ended(pool: Pool, replica: ReferenceReplica, task: number, nowMs: number): void {
    const handed = this.#handed.get(task)!;
    if (pool === this.#decode) {
      this.#endDecode(handed, nowMs);
      return;
    }
    const { isCancelled, handsOver, generatedTokens } = handed.sequence!;
    const { recomputes } = this.#world.options;
    const isLost = isCancelled && (handsOver === true || generatedTokens === 0);
    if (!isLost) this.#loads?.write(handed.sequence!, replica.index);
    this.#notePrefill(handed, nowMs);
    const isHeld = replica.held.includes(handed.sequence!);
    const { outputTokens } = this.#world.prefill.tasks[task]!;
    // Its only token here is not the last of its request.
    const hasMore = recomputes && outputTokens > 1;
    const isGivenUp = isLost || (hasMore && isCancelled);
    if (isHeld || (hasMore && !isGivenUp)) {
      if (isHeld) handed.held = handed.sequence;
      handed.stage = 'held';
      this.#submit(nowMs, (thenMs) => {
        if (handed.stage === 'held') this.#arriveAtDecode(handed, thenMs);
      });
    } else {
      this.#end(handed, nowMs, isGivenUp);
    }
  }

  #notePrefill(handed: Handed, nowMs: number): void {
    const { task } = handed;
    const gotToken = handed.sequence!.generatedTokens > 0;
    const { result } = this.#prefill;
    // The time from the first batch of this round to the end of the prompt.
    const waited =
      handed.rounds === 0
        ? result.headOfLineMs[task]! +
          result.slotsMs[task]! +
          result.kvBlocksMs[task]! +
          result.tokenBudgetMs[task]! +
          result.iterationMs[task]!
        : 0;
    const { arrivalMs, kvLoadMs } = handed.sequence!;
    handed.prefillMs = nowMs - arrivalMs - kvLoadMs - waited;
    handed.rounds++;
    if (this.#world.options.firstToken === 'decode' || !gotToken) return;
    handed.generated++;
    this.#tokenTimesMs[task]!.push(nowMs);
  }

  #arriveAtDecode(handed: Handed, nowMs: number): void {
    const { task, generated, rounds } = handed;
    if (this.#world.options.recomputes) {
      this.#computeAgain(handed, nowMs);
      return;
    }
    const { promptTokens } = this.#world.prefill.tasks[task]!;
    const sequence = this.#newSequence(this.#decode, task, promptTokens, nowMs);
    sequence.generatedTokens = generated;
    sequence.decodeRounds = handed.decodeRounds;
    sequence.kv = 'due';
    if (handed.reachedDecode) {
      sequence.wasScheduled = true;
      sequence.hasStarted = true;
    }
    const isChosen = handed.decodeReplica >= 0 && rounds === 1;
    const replica = isChosen
      ? this.#decode.replicas[handed.decodeReplica]!
      : this.#route(this.#decode, task, handed.prefilledTokens);
    handed.decodeReplica = replica.index;
    handed.stage = 'waiting';
    handed.sequence = sequence;
    this.#enter(replica, sequence);
  }

  /** At the decode pool it is a request like any other, which asks for what follows prompt and first token. */
  #computeAgain(handed: Handed, nowMs: number): void {
    const { task } = handed;
    const { promptTokens, outputTokens } = this.#world.prefill.tasks[task]!;
    const tokens = promptTokens + 1;
    const replica =
      handed.decodeReplica >= 0
        ? this.#decode.replicas[handed.decodeReplica]!
        : this.#route(this.#decode, task, tokens);
    handed.decodeReplica = replica.index;
    handed.stage = 'decode';
    handed.reachedDecode = true;
    handed.sequence = this.#newSequence(this.#decode, task, tokens, nowMs, outputTokens - 1);
    this.#reach.rePrefills++;
    this.#enter(replica, handed.sequence);
  }

  #reserved(sequence: ReferenceSequence, nowMs: number): void {
    const handed = this.#handed.get(sequence.task)!;
    const { options } = this.#world;
    const replica = this.#decode.replicas[handed.decodeReplica]!;
    if (!handed.reachedDecode) replica.noteWaits(sequence, nowMs);
    handed.reachedDecode = true;
    sequence.hasStarted = true;
    handed.stage = 'receiving';
    if (Number.isNaN(handed.reservedMs)) handed.reservedMs = nowMs;
    const { blockTokens } = this.#decode.world.engine;
    const tokens = Math.max(0, sequence.computedTokens - sequence.fullBlocks * blockTokens);
    this.#reach.handOvers++;
    if (sequence.fullBlocks > 0) this.#reach.decodeHits++;
    if (tokens === 0) this.#reach.zeroTransfers++;
    const before = this.#columns.sentTokens[handed.task]!;
    this.#columns.sentTokens[handed.task] = (Number.isNaN(before) ? 0 : before) + tokens;
    const all = tokens * options.kvBytesPerToken;
    let bytes = all;
    if (options.overlappedLayers > 1) {
      const slowest = Math.min(this.#world.prefillBytesPerMs, this.#world.decodeBytesPerMs);
      bytes = Math.max(bytes / options.overlappedLayers, bytes - handed.prefillMs * slowest);
    }
    const links = [
      this.#prefill.outLinks[handed.prefillReplica]!,
      this.#decode.inLinks[replica.index]!,
    ];
    const transfer = this.#network.start(links, bytes, nowMs, () => {
      if (handed.transfer === transfer) this.#kvArrived(handed, sequence);
    });
    for (const link of links) this.#network.noteUnseen(link, all - bytes);
    if (this.#network.transfers.length > 1) this.#reach.contendedTransfers++;
    handed.transfer = transfer;
  }

  #kvArrived(handed: Handed, sequence: ReferenceSequence): void {
    const nowMs = this.#nowMs;
    handed.transfer = undefined;
    handed.stage = 'decode';
    if (handed.rounds === 1) this.#columns.kvTransferMs[handed.task] = nowMs - handed.reservedMs;
    this.#letGo(handed);
    sequence.kv = 'here';
    sequence.receivedMs = nowMs;
    const replica = this.#decode.replicas[handed.decodeReplica]!;
    replica.scheduler.arrived.push(sequence);
    if (replica.isIdle) this.#toForm.add(replica);
  }

  #letGo(handed: Handed): void {
    if (handed.held === undefined) return;
    const replica = this.#prefill.replicas[handed.prefillReplica]!;
    replica.releaseHeld(handed.held!);
    handed.held = undefined;
    if (replica.isIdle && replica.scheduler.waiting.length > 0) this.#toForm.add(replica);
  }

  /** Preempted in a pool that computes no prompts. */
  #comeBack(sequence: ReferenceSequence, replica: ReferenceReplica, nowMs: number): void {
    const handed = this.#handed.get(sequence.task)!;
    replica.load--;
    handed.generated = sequence.generatedTokens;
    handed.decodeRounds = sequence.decodeRounds;
    if (handed.decodeRounds > 0 && this.#decode.world.engine.speculation)
      this.#reach.returnsWhileDrafting++;
    this.#takeTokens(handed);
    if (sequence.isCancelled) {
      this.#end(handed, nowMs, true);
      return;
    }
    this.#reach.returnedThroughPrefill++;
    this.#startPrefill(handed, nowMs);
  }

  #takeTokens(handed: Handed): void {
    const times = this.#decode.result.tokenTimesMs[handed.task]!;
    this.#tokenTimesMs[handed.task]!.push(...times.splice(0));
  }

  #endDecode(handed: Handed, nowMs: number): void {
    const { task, transfer } = handed;
    const sequence = handed.sequence!;
    if (transfer !== undefined) this.#network.leave(transfer, nowMs, false);
    handed.transfer = undefined;
    if (handed.held !== undefined) this.#letGo(handed);
    this.#takeTokens(handed);
    const wasSent = handed.stage === 'decode' && !this.#world.options.recomputes;
    if (wasSent && !this.#decode.world.engine.decodeOnly)
      this.#reach.recomputedAtDecode += this.#decode.result.preemptions[task]!;
    const isCancelled = sequence.isCancelled && sequence.generatedTokens < sequence.outputTokens;
    if (this.#world.options.recomputes && handed.stage === 'decode') {
      this.#reach.rePrefillPreemptions += this.#decode.result.preemptions[task]!;
      if (isCancelled) this.#reach.cancelsOfRePrefills++;
    }
    if (this.#world.options.returnsKv && !isCancelled && handed.prefillReplica >= 0)
      this.#sendBack(handed, nowMs);
    this.#end(handed, nowMs, isCancelled);
  }

  #sendBack(handed: Handed, nowMs: number): void {
    const { task, prefilledTokens, prefillReplica } = handed;
    const { stream, promptTokens, outputTokens } = this.#world.prefill.tasks[task]!;
    const total = promptTokens + outputTokens - 1;
    if (total <= prefilledTokens || this.#isPrivate(task)) return;
    const replica = this.#prefill.replicas[prefillReplica]!;
    const links = [
      this.#decode.outLinks[handed.decodeReplica]!,
      this.#prefill.inLinks[prefillReplica]!,
    ];
    const bytes = (total - prefilledTokens) * this.#world.options.kvBytesPerToken;
    this.#network.start(links, bytes, nowMs, () => {
      const { scheduler } = replica;
      const { blockTokens, prefixCache } = this.#prefill.world.engine;
      const { streams } = this.#world.prefill;
      const isInUse = [...scheduler.running, ...replica.held].some((other) =>
        lineage(streams, other.stream).includes(stream),
      );
      const identities = this.#prefill.identities[task]!;
      const cached = this.#present(this.#prefill, replica, task, prefilledTokens);
      const { memory } = scheduler;
      const wanted = Math.floor(total / blockTokens);
      const present = memory.present(identities, wanted);
      const unused = present.filter((block) => block.references === 0).length;
      const fits = wanted - present.length <= memory.available - unused;
      const isContinued = cached > 0 && cached === Math.floor(prefilledTokens / blockTokens);
      const isThere = present.length === wanted;
      const write = () => {
        if (this.#loads) this.#reach.writesOfReturned++;
        this.#loads?.write(
          { blockIdentities: identities, promptTokens, outputTokens },
          prefillReplica,
        );
      };
      // The tiers have room where the replica has none.
      if (prefixCache && isContinued && !isInUse && !isThere && !fits) write();
      if (!prefixCache || !isContinued || isInUse || !fits || isThere) {
        this.#reach.returnsTooLate++;
        return;
      }
      this.#reach.returnsCached++;
      for (const block of present) memory.reference(block);
      const blocks = [...present];
      while (blocks.length < wanted) {
        const block = memory.take();
        memory.register(block, identities[blocks.length]!, identities[blocks.length - 1]);
        blocks.push(block);
      }
      for (const block of blocks.toReversed()) memory.release(block);
      write();
      // Who waits there may find more of its context now.
      if (replica.isIdle && scheduler.waiting.length > 0) this.#toForm.add(replica);
    });
  }

  /** Alone on a root stream that nothing forks from. */
  #isPrivate(task: number): boolean {
    const { streams, tasks } = this.#world.prefill;
    const { stream } = tasks[task]!;
    return (
      this.#decode.world.engine.decodeOnly !== true &&
      streams[stream]!.parent < 0 &&
      tasks.filter((other) => other.stream === stream).length === 1 &&
      streams.every(({ parent }) => parent !== stream)
    );
  }

  #cancel(task: number, nowMs: number): void {
    const handed = this.#handed.get(task);
    if (handed !== undefined && handed.stage !== 'done') this.#cancelHanded(handed, nowMs);
    this.#follow(task, nowMs);
  }

  #cancelHanded(handed: Handed, nowMs: number): void {
    const { stage, sequence } = handed;
    if (stage === 'held') {
      this.#reach.cancelsHeld++;
      this.#letGo(handed);
      this.#end(handed, nowMs, true);
      return;
    }
    if (sequence!.isCancelled) return;
    if (this.#loads?.isLoading(sequence!)) {
      this.#loads.cancel(sequence!);
      this.#noteLoad(sequence!, nowMs);
      this.#prefill.replicas[handed.prefillReplica]!.leave(sequence!, nowMs);
      this.#notePrefill(handed, nowMs);
      this.#end(handed, nowMs, true);
      return;
    }
    const isAtPrefill = stage === 'prefill';
    const pool = isAtPrefill ? this.#prefill : this.#decode;
    const replica = pool.replicas[isAtPrefill ? handed.prefillReplica : handed.decodeReplica]!;
    if (isAtPrefill) this.#reach.cancelsPrefilling++;
    else if (stage === 'waiting') this.#reach.cancelsWaiting++;
    else if (isReceiving(sequence!)) this.#reach.cancelsReceiving++;
    else this.#reach.cancelsDecoding++;
    if (sequence!.isJoining === true) this.#reach.cancelsOfJoining++;
    const { running, waiting } = replica.scheduler;
    const isInside = running.includes(sequence!) || waiting.includes(sequence!);
    if (!isInside) {
      // On its way back to the prefill pool.
      sequence!.isCancelled = true;
      return;
    }
    const wasReceiving = isReceiving(sequence!);
    if (wasReceiving) {
      const { arrived } = replica.scheduler;
      if (arrived.includes(sequence!)) arrived.splice(arrived.indexOf(sequence!), 1);
    }
    const wasFirst = waiting[0] === sequence;
    replica.cancel(sequence!, nowMs);
    if (!sequence!.hasLeft) return;
    if (replica.isIdle && waiting.length > 0 && (wasFirst || wasReceiving))
      this.#toForm.add(replica);
    if (isAtPrefill) {
      this.#notePrefill(handed, nowMs);
      this.#end(handed, nowMs, true);
    } else this.#endDecode(handed, nowMs);
  }

  #end(handed: Handed, nowMs: number, isCancelled: boolean): void {
    const { task } = handed;
    handed.stage = 'done';
    this.#noteEnd(handed, nowMs, isCancelled);
    this.#follow(task, nowMs);
    if (isCancelled) return;
    for (const loser of this.#world.prefill.tasks[task]!.cancels ?? [])
      this.#submit(nowMs + loser.gapMs, (thenMs) => this.#cancel(loser.task, thenMs));
  }

  #noteEnd(handed: Handed, nowMs: number, isCancelled: boolean): void {
    const { task, prefillReplica, reachedDecode } = handed;
    const columns = this.#columns;
    const { outputTokens } = this.#world.prefill.tasks[task]!;
    const times = this.#tokenTimesMs[task]!;
    invariant(
      isCancelled ? times.length < outputTokens : times.length === outputTokens,
      `task ${task} has ${times.length} of ${outputTokens} tokens`,
    );
    columns.finishMs[task] = nowMs;
    columns.cancelled[task] = Number(isCancelled);
    columns.prefillReplica[task] = handed.rounds > 0 ? prefillReplica : -1;
    columns.decodeReplica[task] =
      reachedDecode || handed.sequence!.kv === 'due' ? handed.decodeReplica : -1;
    columns.firstTokenMs[task] = times[0] ?? Number.NaN;
    if (Number.isNaN(columns.sentTokens[task]!)) columns.sentTokens[task] = 0;
    if (Number.isNaN(columns.kvLoadMs[task]!)) columns.kvLoadMs[task] = 0;
    this.#noteBlocks(task);
  }

  /** What its batches found out, some of which start after it has left. */
  #noteQueues(handed: Handed): void {
    const { task, rounds } = handed;
    const columns = this.#columns;
    const { result } = this.#prefill;
    if (rounds > 0) {
      columns.scheduledMs[task] = result.scheduledMs[task]!;
      columns.prefillQueueMs[task] =
        result.headOfLineMs[task]! + result.slotsMs[task]! + result.tokenBudgetMs[task]!;
      columns.prefillKvBlocksMs[task] = result.kvBlocksMs[task]!;
      columns.prefillIterationMs[task] = result.iterationMs[task]!;
    }
    columns.hitTokens[task] = result.hitTokens[task]!;
    columns.prefillPreemptions[task] = result.preemptions[task]!;
    const decoded = this.#decode.result;
    columns.decodeScheduledMs[task] = decoded.scheduledMs[task]!;
    columns.decodeQueueMs[task] = decoded.headOfLineMs[task]! + decoded.tokenBudgetMs[task]!;
    columns.decodeKvBlocksMs[task] = decoded.kvBlocksMs[task]!;
    columns.decodeSlotsMs[task] = decoded.slotsMs[task]!;
    columns.decodeIterationMs[task] = decoded.iterationMs[task]!;
    columns.decodeHitTokens[task] = decoded.hitTokens[task]!;
    columns.decodePreemptions[task] = decoded.preemptions[task]!;
    this.#noteRePrefill(handed);
  }

  #noteRePrefill({ task, rounds, reachedDecode, sequence }: Handed): void {
    const columns = this.#columns;
    columns.recomputedTokens[task] = 0;
    const isAgain = this.#world.options.recomputes && rounds > 0 && reachedDecode;
    const decoded = this.#decode.result;
    if (!isAgain || Number.isNaN(decoded.scheduledMs[task]!)) return;
    const hitTokens = decoded.hitTokens[task]!;
    const { promptTokens } = this.#world.prefill.tasks[task]!;
    if (hitTokens > 0) this.#reach.rePrefillHits++;
    columns.recomputedTokens[task] = Math.max(0, promptTokens + 1 - hitTokens);
    // The first token is of the prefill side.
    columns.recomputeMs[task] =
      this.#tokenTimesMs[task]![1]! -
      sequence!.arrivalMs -
      decoded.headOfLineMs[task]! -
      decoded.slotsMs[task]! -
      decoded.kvBlocksMs[task]! -
      decoded.tokenBudgetMs[task]! -
      decoded.iterationMs[task]!;
  }

  /** Empty and evictable blocks of each side, over its replicas. */
  #noteBlocks(task: number): void {
    const sum = (pool: Pool, key: 'free' | 'evictable') =>
      pool.replicas.reduce((total, { scheduler }) => total + scheduler.memory[key], 0);
    this.#columns.prefillFreeBlocks[task] = sum(this.#prefill, 'free');
    this.#columns.prefillEvictableBlocks[task] = sum(this.#prefill, 'evictable');
    this.#columns.decodeFreeBlocks[task] = sum(this.#decode, 'free');
    this.#columns.decodeEvictableBlocks[task] = sum(this.#decode, 'evictable');
  }

  #follow(task: number, nowMs: number): void {
    if (!this.#awaited.delete(task)) return;
    for (const { task: next, gapMs } of this.#world.prefill.tasks[task]!.spawns)
      this.#submit(nowMs + gapMs, (thenMs) => this.#arrive(next, thenMs));
  }

  #route(pool: Pool, task: number, promptTokens: number): ReferenceReplica {
    const { policy, slack } = pool.world.router;
    const least = pool.replicas.reduce((a, b) => (b.load < a.load ? b : a));
    if (policy === 'least-requests') return least;
    const { blockTokens } = pool.world.engine;
    const limit = Math.floor(promptTokens / blockTokens);
    const inTiers = (replica: number) =>
      pool === this.#prefill
        ? (this.#loads?.presentInOwn(replica, pool.identities[task]!, limit) ?? 0)
        : 0;
    const present = pool.replicas.map((replica) =>
      Math.max(this.#present(pool, replica, task, promptTokens), inTiers(replica.index)),
    );
    const most = Math.max(...present);
    const best = pool.replicas
      .filter((replica) => present[replica.index] === most)
      .reduce((a, b) => (b.load < a.load ? b : a));
    return most === 0 || best.load > least.load + slack ? least : best;
  }

  #present(pool: Pool, replica: ReferenceReplica, task: number, tokens: number): number {
    const blocks = Math.floor(tokens / pool.world.engine.blockTokens);
    return replica.scheduler.memory.present(pool.identities[task]!, blocks).length;
  }

  #newSequence(
    pool: Pool,
    task: number,
    promptTokens: number,
    nowMs: number,
    outputTokens = this.#world.prefill.tasks[task]!.outputTokens,
  ): ReferenceSequence {
    return {
      task,
      stream: this.#world.prefill.tasks[task]!.stream,
      promptTokens,
      outputTokens,
      blockIdentities: pool.identities[task]!,
      arrivalMs: nowMs,
      orderKey: this.#orderKey(pool, task, promptTokens, nowMs),
      kvLoadMs: 0,
      loadedBlocks: 0,
      residentBlocks: 0,
      piecesLoaded: 0,
      seed: this.#world.prefill.tasks[task]!.seed ?? 0,
      decodeRounds: 0,
      generatedTokens: 0,
      tokensInFlight: 0,
      computedTokens: 0,
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

  #orderKey(pool: Pool, task: number, promptTokens: number, nowMs: number): number {
    const { urgency } = this.#world.prefill.tasks[task]!;
    switch (pool.world.engine.order) {
      case 'priority':
        return urgency?.priority ?? 0;
      case 'shortest-first':
        return promptTokens;
      case 'least-attained-service':
        return urgency?.attainedTokens ?? 0;
      case 'deadline':
        return this.#arrivalMs[task]! + (urgency?.deadlineMs ?? Number.POSITIVE_INFINITY);
      default:
        return nowMs;
    }
  }

  #submit(atMs: number, run: (nowMs: number) => void): number {
    const { grid } = this.#world.prefill;
    invariant(grid.round(atMs) === atMs, `${atMs} ms is not on the grid`);
    const order = this.#orders++;
    this.#pending.push({ atMs, order, run });
    this.#pending.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    return order;
  }

  #nowMs = 0;

  #nextMs(): number {
    const replicas = [...this.#prefill.replicas, ...this.#decode.replicas];
    this.#nowMs = Math.min(
      this.#pending[0]?.atMs ?? Number.POSITIVE_INFINITY,
      this.#network.next?.endMs ?? Number.POSITIVE_INFINITY,
      ...replicas.map((replica) => replica.endsAtMs),
    );
    return this.#nowMs;
  }

  #pool(world: World, firstReplica: number, bytesPerMs: number): Pool {
    const result = emptyReferenceResult(world);
    const { blockTokens } = world.engine;
    const links = () =>
      Array.from({ length: world.replicas }, () => this.#network.addLink(bytesPerMs));
    return {
      world,
      result,
      firstReplica,
      replicas: Array.from(
        { length: world.replicas },
        (_, index) => new ReferenceReplica(index, world, result),
      ),
      identities: world.tasks.map(({ stream, promptTokens, outputTokens }) =>
        Array.from(
          { length: Math.floor((promptTokens + outputTokens) / blockTokens) },
          (_, index) => blockIdentity(world.streams, blockTokens, stream, index),
        ),
      ),
      outLinks: links(),
      inLinks: links(),
    };
  }

  #noteReach(): void {
    const reach = this.#reach;
    const { reach: atPrefill } = this.#prefill.result;
    reach.overtakingsAtPrefill = atPrefill.overtakings;
    reach.overtakingsAtDecode = this.#decode.result.reach.overtakings;
    reach.loads = atPrefill.loads;
    reach.cancelsLoading = atPrefill.cancelsLoading;
    for (const { scheduler } of this.#decode.replicas) {
      const { counts, memory } = scheduler;
      reach.bursts += counts.bursts;
      reach.burstsOfJoined += counts.burstsOfJoined;
      reach.burstsCutShort += counts.burstsCutShort;
      reach.severalBlocks += counts.severalBlocks;
      reach.preemptionsWithSpareBlocks += counts.preemptionsWithSpareBlocks;
      reach.expiredAtDecode += memory.expired;
    }
    for (const { scheduler } of this.#prefill.replicas) {
      reach.lossesWhileLoading += scheduler.counts.lossesWhileLoading;
      reach.expiredAtPrefill += scheduler.memory.expired;
    }
  }

  #close(): ReferenceHandOver {
    const leaks: string[] = [];
    for (const [task, { stage }] of this.#handed) if (stage !== 'done') leaks.push(`task ${task}`);
    for (const handed of this.#handed.values()) this.#noteQueues(handed);
    this.#noteReach();
    for (const times of this.#tokenTimesMs)
      for (let i = 1; i < times.length; i++) this.#itl.add(times[i]! - times[i - 1]!);
    return {
      columns: this.#columns,
      itl: this.#itl,
      pools: [this.#prefill, this.#decode].map(({ result, replicas, world }): PoolFacts => {
        const loads = (world.tiering && this.#loads?.tiers) ?? [];
        for (const { scheduler } of replicas) scheduler.memory.checkConservation([]);
        return {
          iterations: result.iterations,
          computedTokens: result.computedTokens,
          evictedBlocks: replicas.reduce((sum, { scheduler }) => sum + scheduler.memory.evicted, 0),
          busyMs: result.busyMs,
          decodeContextTokens: result.decodeContextTokens,
          chunkPairs: result.chunkPairs,
          draftTokens: result.draftTokens,
          acceptedDrafts: result.acceptedDrafts,
          lostBlocks: replicas.reduce((sum, { scheduler }) => sum + scheduler.counts.lostBlocks, 0),
          loadedTokens: result.loadedTokens,
          writtenBytes: result.writtenBytes,
          tierEvictions: loads.map((stores) =>
            stores.reduce((sum, { evicted }) => sum + evicted, 0),
          ),
          tierBlocks: loads.map((stores) => stores.map(({ identities }) => identities)),
          lruBlocks: replicas.map(({ scheduler }) => scheduler.memory.lruIdentities),
          freeBlocks: replicas.map(({ scheduler }) => scheduler.memory.free),
        };
      }),
      links: this.#network.links.map(({ bytes, busyMs }) => ({ bytes, busyMs })),
      leaks,
      tokenTimesMs: this.#tokenTimesMs,
      arrivalMs: this.#arrivalMs,
      iterationEndsMs: [
        ...this.#prefill.result.iterationEndsMs,
        ...this.#decode.result.iterationEndsMs,
      ],
      reach: this.#reach,
    };
  }
}
