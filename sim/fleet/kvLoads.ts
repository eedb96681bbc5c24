import { type PrefillTime, prefillTime } from '../engine/prefillTime.js';
import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import type { Replica } from '../engine/replica.js';
import type { SequenceTable } from '../engine/sequenceTable.js';
import { privateContext } from '../engine/tokenStreams.js';
import type { IterationCost } from '../hardware/iterationCost.js';
import type { EventCalendar } from '../kernel/calendar.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { TierRun } from '../run/runResult.js';
import { KvTier } from './kvTier.js';
import type { TieringOptions } from './tierOptions.js';
import { TimelineRecorder } from './timelineRecorder.js';
import { TransferNetwork } from './transferNetwork.js';

/** The memory tiers of a pool need to know this of it. */
export interface TieredPool {
  readonly replicas: readonly Replica[];
  readonly blockTokens: number;
  readonly maxBatchTokens: number;
  readonly cost: IterationCost;
  readonly table: SequenceTable;
  readonly store: PrefixCacheStore;
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

/** A request whose KV is on its way. */
interface Load {
  readonly transfers: number[];
  left: number;
}

/**
 * The memory tiers of a pool: contexts are written to them when their calls end, and loaded before a request
 * that continues one joins the line of its replica. Semantics: docs/engine.md.
 */
export class KvLoads {
  readonly tiers: readonly KvTier[];
  readonly #options: TieringOptions;
  readonly #pool: TieredPool;
  readonly #network: TransferNetwork;
  readonly #prefillMs: PrefillTime;
  readonly #loads = new Map<number, Load>();
  readonly #loadingAt: Int32Array;
  readonly #blockShift: number;

  constructor(options: TieringOptions, pool: TieredPool) {
    this.#options = options;
    this.#pool = pool;
    this.#network = new TransferNetwork(pool.calendar, pool.grid);
    this.#prefillMs = prefillTime(pool.cost, pool.maxBatchTokens);
    this.#loadingAt = new Int32Array(pool.replicas.length);
    this.#blockShift = 31 - Math.clz32(pool.blockTokens);
    const tiers: KvTier[] = [];
    for (const tier of options.tiers.toReversed()) {
      const below = tiers[0]?.options.write === 'back' ? tiers[0] : undefined;
      tiers.unshift(
        new KvTier(tier, {
          replicas: pool.replicas.length,
          firstReplica: pool.replicas[0]!.index,
          blockBytes: options.blockBytes,
          blockShift: this.#blockShift,
          store: pool.store,
          network: this.#network,
          timeline: new TimelineRecorder(pool.timelineBinMs, pool.timelineBins),
          below,
          nowMs: () => pool.calendar.nowMs,
        }),
      );
    }
    this.tiers = tiers;
  }

  /** The call of a sequence has ended: its context is kept in the tiers of its replica. */
  writeContext(sequence: number, replica: number, timeMs: number): void {
    const { stream, promptTokens, outputTokens } = this.#pool.table;
    // The last token is sampled and not computed.
    const tokens = promptTokens[sequence]! + outputTokens[sequence]! - 1;
    this.write(replica, stream[sequence]!, tokens, timeMs);
  }

  /** Time to load this many blocks from the first tier, shared with all who load now. */
  firstTierMs(replica: number, blocks: number): number {
    return this.tiers[0]!.estimateMs(replica, blocks * this.#options.blockBytes);
  }

  /** Requests of a replica whose KV is on its way. */
  loadingAt(replica: number): number {
    return this.#loadingAt[replica]!;
  }

  /** Starts to load what the tiers have of a request's context beyond its replica; false when it is not worth it. */
  begin(sequence: number, replica: number, timeMs: number): boolean {
    const { table } = this.#pool;
    const stream = this.#nameStream(sequence);
    // One token at least is computed, so its block need not come.
    const limit = (table.promptTokens[sequence]! - 1) >> this.#blockShift;
    const resident = this.#residentBlocks(replica, stream, limit, timeMs);
    const pieces = this.#pieces(replica, stream, limit, resident);
    if (pieces.length === 0 || !this.#pays(replica, pieces, resident)) return false;
    let reach = resident;
    const load: Load = { transfers: [], left: pieces.length };
    this.#loads.set(sequence, load);
    this.#loadingAt[replica]!++;
    for (const { tier, blocks } of pieces) {
      reach += blocks;
      tier.put(replica, stream, reach, timeMs);
      tier.loadedTokens += blocks << this.#blockShift;
    }
    table.loadedBlocks[sequence] = reach;
    table.residentBlocks[sequence] = resident;
    for (const { tier, blocks } of pieces) {
      const transfer = this.#network.start(
        [tier.linkOf(replica)],
        blocks * this.#options.blockBytes,
        tier.options.latencyMs,
        this.#handlePiece,
        sequence,
      );
      load.transfers.push(transfer);
    }
    return true;
  }

  /** The client of a request gave it up. True: it was loading, and does so no more. */
  cancel(sequence: number, timeMs: number): boolean {
    const load = this.#loads.get(sequence);
    if (load === undefined) return false;
    for (const transfer of load.transfers) this.#network.cancel(transfer);
    this.#end(sequence, timeMs);
    return true;
  }

  /** The call of a context has ended on a replica: the tiers get what they lack of it. */
  write(replica: number, stream: number, tokens: number, timeMs: number): void {
    const blocks = tokens >> this.#blockShift;
    for (const [index, tier] of this.tiers.entries()) {
      if (index === 0 || tier.options.write === 'through')
        tier.put(replica, stream, blocks, timeMs);
    }
  }

  finish(timeMs: number): TierRun[] {
    const use = this.#network.use(timeMs);
    return this.tiers.map((tier) => tier.finish(timeMs, use));
  }

  readonly #handlePiece = (timeMs: number, sequence: number): void => {
    const load = this.#loads.get(sequence)!;
    if (--load.left > 0) return;
    this.#end(sequence, timeMs);
    this.#pool.onLoaded(sequence, timeMs);
  };

  #end(sequence: number, timeMs: number): void {
    const { table } = this.#pool;
    this.#loads.delete(sequence);
    this.#loadingAt[table.replica[sequence]!]!--;
    table.kvLoadMs[sequence] = timeMs - table.arrivalMs[sequence]!;
  }

  #residentBlocks(replica: number, stream: number, limit: number, timeMs: number): number {
    const { [replica]: holder } = this.#pool.replicas;
    holder!.observe(timeMs);
    const { kv } = holder!.former;
    kv.lookup(stream, limit);
    return kv.presentBlocks;
  }

  /** What each tier adds to the blocks before it. */
  #pieces(replica: number, stream: number, limit: number, resident: number): Piece[] {
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

  #pays(replica: number, pieces: readonly Piece[], resident: number): boolean {
    const { load, minTokens, blockBytes } = this.#options;
    const tokens = pieces.reduce((sum, { blocks }) => sum + blocks, 0) << this.#blockShift;
    if (tokens < minTokens) return false;
    if (load === 'always') return true;
    const loadMs = Math.max(
      ...pieces.map(({ tier, blocks }) => tier.estimateMs(replica, blocks * blockBytes)),
    );
    return loadMs < this.#prefillMs(resident << this.#blockShift, tokens);
  }

  /** Tiers keep what nobody shares as well, so every context needs a name. */
  #nameStream(sequence: number): number {
    const { table, store } = this.#pool;
    if (table.stream[sequence] === privateContext) {
      table.stream[sequence] = store.streams.addRoot();
      table.ownsStream[sequence] = 1;
    }
    return table.stream[sequence]!;
  }
}
