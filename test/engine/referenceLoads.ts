import { prefillTime } from '../../sim/engine/prefillTime.js';
import type { TierOptions } from '../../sim/fleet/tierOptions.js';
import { TransferNetwork } from '../../sim/fleet/transferNetwork.js';
import type { EventCalendar } from '../../sim/kernel/calendar.js';
import type { ReferenceReplica } from './referenceReplica.js';
import type { ReferenceResult } from './referenceResult.js';
import type { ReferenceSequence } from './referenceSequence.js';
import { ReferenceTier } from './referenceTier.js';
import type { World } from './world.js';

/** KV that is worth to be loaded. */
export interface ReferencePlan {
  /** Leading blocks that the replica has, and will have. */
  readonly resident: number;
  readonly reach: number;
  /** Of each tier: the blocks that it has, and those that come from it. */
  readonly ends: readonly number[];
  readonly counts: readonly number[];
}

/** The memory tiers of the reference engine. Only the links, which have tests of their own, are those that ship. */
export class ReferenceLoads {
  /** By tier, then by store. */
  readonly tiers: ReferenceTier[][] = [];
  readonly #world: World;
  readonly #result: ReferenceResult;
  readonly #network: TransferNetwork;
  readonly #links: number[][] = [];
  /** Transfers under way of each loading sequence. */
  readonly #transfers = new Map<ReferenceSequence, number[]>();
  readonly #onPiece: ((nowMs: number) => void)[] = [];
  readonly #onLoaded: (sequence: ReferenceSequence, nowMs: number) => void;

  constructor(
    world: World,
    result: ReferenceResult,
    clock: Pick<EventCalendar, 'nowMs' | 'scheduleArrival' | 'cancel'>,
    onLoaded: (sequence: ReferenceSequence, nowMs: number) => void,
  ) {
    this.#world = world;
    this.#result = result;
    this.#onLoaded = onLoaded;
    this.#network = new TransferNetwork(clock, world.grid);
    const { tiers, blockBytes } = world.tiering!;
    // Each tier may hand on to the one below.
    for (let tier = tiers.length - 1; tier >= 0; tier--) {
      const { name, replicasPerStore, capacityBytes, bytesPerMs } = tiers[tier]!;
      const stores = Math.ceil(world.replicas / replicasPerStore);
      const capacity = Math.floor(capacityBytes / blockBytes);
      const handsOn = tiers[tier + 1]?.write === 'back';
      this.tiers[tier] = Array.from({ length: stores }, (_, store) => {
        const replica = store * replicasPerStore;
        return new ReferenceTier(
          capacity,
          handsOn ? (context, blocks) => this.#put(tier + 1, replica, context, blocks) : undefined,
        );
      });
      this.#links[tier] = Array.from({ length: stores }, () =>
        this.#network.addLink(name, bytesPerMs),
      );
    }
  }

  /** Starts to load what the tiers have beyond the replica; false: nothing, or it does not pay. */
  begin(sequence: ReferenceSequence, replica: ReferenceReplica): boolean {
    const context = sequence.blockIdentities;
    const plan = this.plan(context, sequence.promptTokens, replica);
    if (plan === undefined) return false;
    const transfers = this.start(plan, context, replica, (nowMs) => this.piece(sequence, nowMs));
    this.claim(sequence, { plan, transfers, left: transfers.length });
    return true;
  }

  /** What there is to load of the context of a prompt, if it pays. */
  plan(
    context: readonly number[],
    promptTokens: number,
    replica: ReferenceReplica,
  ): ReferencePlan | undefined {
    const { engine, tiering, cost } = this.#world;
    const { tiers, blockBytes, minTokens, load } = tiering!;
    const { blockTokens } = engine;
    const limit = Math.floor((promptTokens - 1) / blockTokens);
    const resident = replica.scheduler.memory.present(context, limit).length;
    const ends = tiers.map((_, tier) => this.#at(tier, replica.index).present(context, limit));
    // Block by block from the nearest tier that has it.
    const source = (block: number) => ends.findIndex((end) => block < end);
    const counts = tiers.map(() => 0);
    const reach = Math.max(resident, ...ends);
    for (let block = resident; block < reach; block++) counts[source(block)]!++;
    const tokens = (reach - resident) * blockTokens;
    if (tokens === 0 || tokens < minTokens) return undefined;
    if (load === 'when-faster') {
      const computeMs = prefillTime(cost, engine.maxBatchTokens)(resident * blockTokens, tokens);
      const isSlower = counts.some((count, tier) => {
        const { bytesPerMs, latencyMs } = tiers[tier]!;
        const sharers = this.#network.activeOn(this.#linkOf(tier, replica.index)) + 1;
        return count > 0 && latencyMs + (count * blockBytes * sharers) / bytesPerMs >= computeMs;
      });
      if (isSlower) {
        this.#result.reach.loadsThatDidNotPay++;
        return undefined;
      }
    }
    return { resident, reach, ends, counts };
  }

  /** The pieces of a plan begin to move. */
  start(
    { counts, ends }: ReferencePlan,
    context: readonly number[],
    replica: ReferenceReplica,
    onPiece: (nowMs: number) => void,
  ): number[] {
    const { tiers, blockBytes } = this.#world.tiering!;
    const used = [...counts.keys()].filter((tier) => counts[tier]! > 0);
    for (const tier of used) {
      this.#result.loadedTokens[tier]! += counts[tier]! * this.#world.engine.blockTokens;
      this.#put(tier, replica.index, context, ends[tier]!);
    }
    if (used.length > 1) this.#result.reach.loadsFromSeveralTiers++;
    const subject = this.#onPiece.push(onPiece) - 1;
    return used.map((tier) =>
      this.#network.start(
        [this.#linkOf(tier, replica.index)],
        counts[tier]! * blockBytes,
        tiers[tier]!.latencyMs,
        (nowMs, at) => this.#onPiece[at]!(nowMs),
        subject,
      ),
    );
  }

  /** A request waits for what is left of a load. */
  claim(
    sequence: ReferenceSequence,
    load: {
      readonly plan: ReferencePlan;
      readonly transfers: number[];
      readonly left: number;
    },
  ): void {
    sequence.loadedBlocks = load.plan.reach;
    sequence.residentBlocks = load.plan.resident;
    sequence.piecesLoaded = load.transfers.length - load.left;
    this.#transfers.set(sequence, load.transfers);
    this.#result.reach.loads++;
  }

  stop(transfers: readonly number[]): void {
    for (const transfer of transfers) this.#network.cancel(transfer);
  }

  /** Leading blocks of a context in the tiers that only this replica uses, the best of them. */
  presentInOwn(replica: number, context: readonly number[], limit: number): number {
    const own = this.#world.tiering!.tiers.map(({ replicasPerStore }, tier) =>
      replicasPerStore === 1 ? this.#at(tier, replica).present(context, limit) : 0,
    );
    return Math.max(...own);
  }

  /** Time to load so many blocks from the first tier, by what the links do now. */
  firstTierMs(replica: number, blocks: number): number {
    const { tiers, blockBytes } = this.#world.tiering!;
    const [{ bytesPerMs, latencyMs }] = tiers as [TierOptions];
    const sharers = this.#network.activeOn(this.#linkOf(0, replica)) + 1;
    return latencyMs + (blocks * blockBytes * sharers) / bytesPerMs;
  }

  isLoading(sequence: ReferenceSequence): boolean {
    return this.#transfers.has(sequence);
  }

  cancel(sequence: ReferenceSequence): void {
    this.stop(this.#transfers.get(sequence)!);
    this.#transfers.delete(sequence);
    this.#result.reach.cancelsLoading++;
  }

  /** A call has ended: tiers that are written through get its full blocks. */
  write(
    sequence: Pick<ReferenceSequence, 'blockIdentities' | 'promptTokens' | 'outputTokens'>,
    replica: number,
  ): void {
    const { tiering, engine } = this.#world;
    const tokens = sequence.promptTokens + sequence.outputTokens - 1;
    const blocks = Math.floor(tokens / engine.blockTokens);
    tiering!.tiers.forEach(({ write }, tier) => {
      if (tier === 0 || write === 'through')
        this.#put(tier, replica, sequence.blockIdentities, blocks);
    });
  }

  /** One of the tiers has delivered. */
  piece(sequence: ReferenceSequence, nowMs: number): void {
    sequence.piecesLoaded++;
    if (sequence.piecesLoaded < this.#transfers.get(sequence)!.length) return;
    this.#transfers.delete(sequence);
    this.#onLoaded(sequence, nowMs);
  }

  #put(tier: number, replica: number, context: readonly number[], blocks: number): void {
    const written = this.#at(tier, replica).put(context, blocks);
    this.#result.writtenBytes[tier]! += written * this.#world.tiering!.blockBytes;
  }

  #at(tier: number, replica: number): ReferenceTier {
    return this.tiers[tier]![this.#storeOf(tier, replica)]!;
  }

  #linkOf(tier: number, replica: number): number {
    return this.#links[tier]![this.#storeOf(tier, replica)]!;
  }

  #storeOf(tier: number, replica: number): number {
    return Math.floor(replica / this.#world.tiering!.tiers[tier]!.replicasPerStore);
  }
}
