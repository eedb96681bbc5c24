import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import { type OnTierEviction, storeOwner, TierStore } from '../engine/tierStore.js';
import type { TierRun } from '../facts/tierRun.js';
import type { TierOptions } from './tierOptions.js';
import { Level, type TimelineRecorder } from './timelineRecorder.js';
import type { LinkUse, TransferNetwork } from './transferNetwork.js';

/** One store of a tier and the two directions of its link. */
interface Store {
  readonly blocks: TierStore;
  /** Number of its link towards the replicas. */
  readonly link: number;
  /** Writes are first come, first served behind the computing: nobody waits for them. */
  writeMs: number;
  writtenUntilMs: number;
}

/** One memory tier of a pool: its stores, and what was read from and written to them. */
export class KvTier {
  readonly options: TierOptions;
  loadedTokens = 0;
  private writtenBytes = 0;
  private readonly storeByReplica: readonly Store[];
  private readonly network: TransferNetwork;
  private readonly blockBytes: number;
  private readonly timeline: TimelineRecorder;

  constructor(
    options: TierOptions,
    world: {
      readonly replicas: number;
      /** Index of the first of them among all replicas of the run. */
      readonly firstReplica: number;
      readonly blockBytes: number;
      readonly blockShift: number;
      readonly store: PrefixCacheStore;
      readonly network: TransferNetwork;
      readonly timeline: TimelineRecorder;
      /** The tier below, when it gets what this one evicts. */
      readonly below: KvTier | undefined;
      readonly nowMs: () => number;
    },
  ) {
    const { replicas, blockBytes, blockShift, network, below, nowMs } = world;
    this.options = options;
    this.network = network;
    this.blockBytes = blockBytes;
    this.timeline = world.timeline;
    const capacityBlocks = Math.floor(options.capacityBytes / blockBytes);
    this.storeByReplica = Array.from(
      { length: Math.ceil(replicas / options.replicasPerStore) },
      (_, index): Store => {
        const firstReplica = index * options.replicasPerStore;
        const onEviction: OnTierEviction | undefined =
          below && ((stream, end) => below.put(firstReplica, stream, end, nowMs()));
        const owner = options.replicasPerStore === 1 ? world.firstReplica + index : undefined;
        return {
          blocks: new TierStore(
            world.store,
            capacityBlocks,
            blockShift,
            onEviction,
            storeOwner(owner),
          ),
          link: network.addLink(`${options.name}/${index}`, options.bytesPerMs),
          writeMs: 0,
          writtenUntilMs: 0,
        };
      },
    );
  }

  /** What is held, store by store. For tests. */
  get stores(): TierStore[] {
    return this.storeByReplica.map(({ blocks }) => blocks);
  }

  linkOf(replica: number): number {
    return this.of(replica).link;
  }

  /** How many of the first `limit` blocks of a stream a replica finds here. */
  present(replica: number, stream: number, limit: number): number {
    return this.of(replica).blocks.present(stream, limit);
  }

  /** Time to bring this many bytes, shared with all who load now. */
  estimateMs(replica: number, bytes: number): number {
    const { bytesPerMs, latencyMs } = this.options;
    const sharers = this.network.activeOn(this.linkOf(replica)) + 1;
    return latencyMs + (bytes * sharers) / bytesPerMs;
  }

  /** The first blocks of a stream are used, and written where they are missing. */
  put(replica: number, stream: number, blocks: number, timeMs: number): void {
    const store = this.of(replica);
    const before = store.blocks.usedBlocks;
    const bytes = store.blocks.put(stream, blocks) * this.blockBytes;
    const change = store.blocks.usedBlocks - before;
    this.timeline.advance(timeMs);
    if (change !== 0) this.timeline.change(Level.usedKvBlocks, change);
    // Before time 0 the world is only warmed up.
    if (bytes === 0 || timeMs <= 0) return;
    this.writtenBytes += bytes;
    const durationMs = bytes / this.options.bytesPerMs;
    store.writeMs += durationMs;
    store.writtenUntilMs = Math.max(store.writtenUntilMs, timeMs) + durationMs;
  }

  finish(timeMs: number, use: readonly LinkUse[]): TierRun {
    this.timeline.advance(timeMs);
    const stores = this.storeByReplica;
    const sum = (value: (store: Store) => number) =>
      stores.reduce((total, store) => total + value(store), 0);
    return {
      name: this.options.name,
      stores: stores.length,
      capacityBlocks: sum(({ blocks }) => blocks.totalBlocks),
      evictedBlocks: sum(({ blocks }) => blocks.evictedBlocks),
      loadedTokens: this.loadedTokens,
      loadedBytes: sum(({ link }) => use[link]!.bytes),
      writtenBytes: this.writtenBytes,
      readBusyMs: sum(({ link }) => use[link]!.busyMs),
      // What is still to be written at the end has not kept the link busy yet.
      writeBusyMs: sum((store) => store.writeMs - Math.max(0, store.writtenUntilMs - timeMs)),
      timeline: this.timeline.finish(),
    };
  }

  private of(replica: number): Store {
    return this.storeByReplica[Math.floor(replica / this.options.replicasPerStore)]!;
  }
}
