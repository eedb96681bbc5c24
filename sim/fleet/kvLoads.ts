import { type PrefillTime, prefillTime } from '../engine/prefillTime.js';
import { privateContext } from '../engine/tokenStreams.js';
import type { TierRun } from '../facts/tierRun.js';
import type { IterationCost } from '../hardware/iterationCost.js';
import type { EventCalendar } from '../kernel/calendar.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import { KvPrefetches, type PrefetchingPool } from './kvPrefetches.js';
import { KvTier } from './kvTier.js';
import type { TieringOptions } from './tierOptions.js';
import { TimelineRecorder } from './timelineRecorder.js';
import { TransferNetwork } from './transferNetwork.js';

/** The memory tiers of a pool need to know this of it. */
export interface TieredPool extends PrefetchingPool {
  readonly maxBatchTokens: number;
  readonly cost: IterationCost;
  readonly calendar: Pick<EventCalendar, 'nowMs' | 'scheduleArrival' | 'cancel'>;
  readonly grid: TimeGrid;
  readonly timelineBinMs: number;
  readonly timelineBins: number;
  /** The KV of a request is there: it joins the waiting line of its replica. */
  readonly onLoaded: (sequence: number, timeMs: number) => void;
}

/** What a tier adds to the blocks that a replica has. */
interface Piece {
  readonly tier: KvTier;
  readonly blocks: number;
}

/** KV that is worth loading. */
export interface LoadPlan {
  readonly replica: number;
  readonly stream: number;
  /** Leading blocks of the stream that the replica has, and will have. */
  readonly resident: number;
  readonly reach: number;
  readonly pieces: readonly Piece[];
}

/** KV that is on its way to a replica. */
export interface Load extends LoadPlan {
  readonly ticket: number;
  readonly transfers: number[];
  /** Pieces that are still to come. */
  left: number;
  /** Who waits for it; −1: nobody yet, and `onUnclaimed` is told when all is there. */
  sequence: number;
  readonly onUnclaimed: ((timeMs: number) => void) | undefined;
}

/**
 * The memory tiers of a pool: contexts are written to them when their calls end, and loaded before a request
 * that continues one joins the line of its replica. Semantics: docs/engine.md.
 */
export class KvLoads {
  readonly tiers: readonly KvTier[];
  private readonly options: TieringOptions;
  private readonly pool: TieredPool;
  private readonly network: TransferNetwork;
  private readonly prefillMs: PrefillTime;
  private readonly loads = new Map<number, Load>();
  /** Loads under way, by the number of each. */
  private readonly underWay = new Map<number, Load>();
  private started = 0;
  /** Loads that begin before their requests come; undefined: none do. */
  readonly prefetches: KvPrefetches | undefined;
  private readonly loadingByReplica: Int32Array;
  private readonly blockShift: number;

  constructor(options: TieringOptions, pool: TieredPool) {
    this.options = options;
    this.pool = pool;
    pool.table.loadsKv = true;
    this.network = new TransferNetwork(pool.calendar, pool.grid);
    this.prefillMs = prefillTime(pool.cost, pool.maxBatchTokens);
    this.loadingByReplica = new Int32Array(pool.replicas.length);
    this.blockShift = 31 - Math.clz32(pool.blockTokens);
    const tiers: KvTier[] = [];
    for (const tier of options.tiers.toReversed()) {
      const below = tiers[0]?.options.write === 'back' ? tiers[0] : undefined;
      tiers.unshift(
        new KvTier(tier, {
          replicas: pool.replicas.length,
          firstReplica: pool.replicas[0]!.index,
          blockBytes: options.blockBytes,
          blockShift: this.blockShift,
          store: pool.store,
          network: this.network,
          timeline: new TimelineRecorder(pool.timelineBinMs, pool.timelineBins),
          below,
          nowMs: () => pool.calendar.nowMs,
        }),
      );
    }
    this.tiers = tiers;
    if (options.prefetch === 'tool-return') this.prefetches = new KvPrefetches(pool, this);
  }

  /** The call of a sequence has ended: its context is kept in the tiers of its replica. */
  writeContext(sequence: number, replica: number, timeMs: number): void {
    const { stream, promptTokens, outputTokens, request } = this.pool.table;
    this.prefetches?.noteEnd(request[sequence]!);
    // The last token is sampled and not computed.
    const tokens = promptTokens[sequence]! + outputTokens[sequence]! - 1;
    this.write(replica, stream[sequence]!, tokens, timeMs);
  }

  /** Time to load this many blocks from the first tier, shared with all who load now. */
  firstTierMs(replica: number, blocks: number): number {
    return this.tiers[0]!.estimateMs(replica, blocks * this.options.blockBytes);
  }

  /** Requests of a replica whose KV is on its way. */
  loadingAt(replica: number): number {
    return this.loadingByReplica[replica]!;
  }

  /** Starts to load what the tiers have of a request's context beyond its replica; false when it is not worth it. */
  begin(sequence: number, replica: number, timeMs: number): boolean {
    if (this.prefetches?.meet(sequence, replica, timeMs)) return true;
    const stream = this.nameStream(sequence);
    const plan = this.plan(stream, this.pool.table.promptTokens[sequence]!, replica, timeMs);
    if (plan === undefined) return false;
    this.claim(this.start(plan, timeMs, undefined), sequence);
    return true;
  }

  /** What is worth loading of the context of a prompt; undefined: nothing is. */
  plan(
    stream: number,
    promptTokens: number,
    replica: number,
    timeMs: number,
  ): LoadPlan | undefined {
    // One token at least is computed, so its block need not come.
    const limit = (promptTokens - 1) >> this.blockShift;
    const resident = this.residentBlocks(replica, stream, limit, timeMs);
    const pieces = this.pieces(replica, stream, limit, resident);
    if (pieces.length === 0 || !this.pays(replica, pieces, resident)) return undefined;
    const reach = pieces.reduce((sum, { blocks }) => sum + blocks, resident);
    return { replica, stream, resident, reach, pieces };
  }

  /** The KV of a plan begins to move. */
  start(plan: LoadPlan, timeMs: number, onUnclaimed: Load['onUnclaimed']): Load {
    const { replica, stream, resident, pieces } = plan;
    const ticket = this.started++;
    const load: Load = {
      ...plan,
      ticket,
      transfers: [],
      left: pieces.length,
      sequence: -1,
      onUnclaimed,
    };
    this.underWay.set(ticket, load);
    let reach = resident;
    for (const { tier, blocks } of pieces) {
      reach += blocks;
      tier.put(replica, stream, reach, timeMs);
      tier.loadedTokens += blocks << this.blockShift;
    }
    for (const { tier, blocks } of pieces) {
      const transfer = this.network.start(
        [tier.linkOf(replica)],
        blocks * this.options.blockBytes,
        tier.options.latencyMs,
        this.handlePiece,
        ticket,
      );
      load.transfers.push(transfer);
    }
    return load;
  }

  /** A request, at its replica, waits for a load that is under way. */
  claim(load: Load, sequence: number): void {
    const { table } = this.pool;
    load.sequence = sequence;
    this.loads.set(sequence, load);
    this.loadingByReplica[load.replica]!++;
    table.loadedBlocks[sequence] = load.reach;
    table.residentBlocks[sequence] = load.resident;
  }

  /** Nobody needs what is still to come of a load. */
  drop(load: Load): void {
    for (const transfer of load.transfers) this.network.cancel(transfer);
    this.underWay.delete(load.ticket);
  }

  /** The client of a request gave it up. True: it was loading, and does so no more. */
  cancel(sequence: number, timeMs: number): boolean {
    this.prefetches?.forget(this.pool.table.request[sequence]!, timeMs);
    const load = this.loads.get(sequence);
    if (load === undefined) return false;
    this.drop(load);
    this.end(sequence, timeMs);
    return true;
  }

  /** The call of a context has ended on a replica: the tiers get what they lack of it. */
  write(replica: number, stream: number, tokens: number, timeMs: number): void {
    const blocks = tokens >> this.blockShift;
    for (const [index, tier] of this.tiers.entries()) {
      if (index === 0 || tier.options.write === 'through')
        tier.put(replica, stream, blocks, timeMs);
    }
  }

  finish(timeMs: number): TierRun[] {
    const use = this.network.use(timeMs);
    return this.tiers.map((tier) => tier.finish(timeMs, use));
  }

  private readonly handlePiece = (timeMs: number, ticket: number): void => {
    const load = this.underWay.get(ticket)!;
    if (--load.left > 0) return;
    this.underWay.delete(ticket);
    const { sequence } = load;
    if (sequence < 0) {
      load.onUnclaimed?.(timeMs);
      return;
    }
    this.end(sequence, timeMs);
    this.pool.onLoaded(sequence, timeMs);
  };

  private end(sequence: number, timeMs: number): void {
    const { table } = this.pool;
    this.loads.delete(sequence);
    this.loadingByReplica[table.replica[sequence]!]!--;
    table.kvLoadMs[sequence] = timeMs - table.arrivalMs[sequence]!;
  }

  private residentBlocks(replica: number, stream: number, limit: number, timeMs: number): number {
    const { [replica]: holder } = this.pool.replicas;
    holder!.observe(timeMs);
    const { kv } = holder!.former;
    kv.lookup(stream, limit);
    return kv.presentBlocks;
  }

  /** What each tier adds to the blocks before it. */
  private pieces(replica: number, stream: number, limit: number, resident: number): Piece[] {
    const pieces: Piece[] = [];
    let reach = resident;
    for (const tier of this.tiers) {
      const end = tier.present(replica, stream, limit);
      if (end <= reach) continue;
      pieces.push({ tier, blocks: end - reach });
      reach = end;
    }
    return pieces;
  }

  private pays(replica: number, pieces: readonly Piece[], resident: number): boolean {
    const { load, minTokens, blockBytes } = this.options;
    const tokens = pieces.reduce((sum, { blocks }) => sum + blocks, 0) << this.blockShift;
    if (tokens < minTokens) return false;
    if (load === 'always') return true;
    const loadMs = Math.max(
      ...pieces.map(({ tier, blocks }) => tier.estimateMs(replica, blocks * blockBytes)),
    );
    return loadMs < this.prefillMs(resident << this.blockShift, tokens);
  }

  /** Tiers keep what nobody shares as well, so every context needs a name. */
  private nameStream(sequence: number): number {
    const { table, store } = this.pool;
    if (table.stream[sequence] === privateContext) {
      table.stream[sequence] = store.streams.addRoot();
      table.ownsStream[sequence] = 1;
    }
    return table.stream[sequence]!;
  }
}
