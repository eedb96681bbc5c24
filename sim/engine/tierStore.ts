import { EvictionList } from './evictionList.js';
import type { PrefixCacheStore } from './prefixCacheStore.js';
import { StreamIndex } from './streamIndex.js';

/** Stands for the replica of cache nodes in stores that several replicas share. */
const sharedOwner = -1;

/** Stands for the replica of cache nodes in a store that only this replica of the run uses; undefined: several do. */
export function storeOwner(replica: number | undefined): number {
  return replica === undefined ? sharedOwner : sharedOwner - 1 - replica;
}

/** The replica that alone uses the store of cache nodes with this owner; below 0: there is none. */
export function replicaOfStore(owner: number): number {
  return sharedOwner - 1 - owner;
}

/** Called when blocks leave a store: the prefix of a stream up to `end`, of which the last blocks go. */
export type OnTierEviction = (stream: number, end: number) => void;

/**
 * One memory below the KV blocks of the engines: a prefix cache of token streams that nobody computes in,
 * so no block is ever referenced. It keeps whole prefixes and drops the least recently used, the tail of a
 * stream before its head, as extents.
 */
export class TierStore {
  readonly totalBlocks: number;
  usedBlocks = 0;
  evictedBlocks = 0;
  private readonly store: PrefixCacheStore;
  private readonly blockShift: number;
  private readonly onEviction: OnTierEviction | undefined;
  /** What its cache nodes have for a replica. */
  private readonly owner: number;
  private readonly index = new StreamIndex();
  private readonly lru: EvictionList;
  /** The nodes of the prefix that is put, from its end to its root. */
  private readonly chain: number[] = [];

  constructor(
    store: PrefixCacheStore,
    totalBlocks: number,
    blockShift: number,
    onEviction: OnTierEviction | undefined,
    owner: number,
  ) {
    this.owner = owner;
    this.store = store;
    this.totalBlocks = totalBlocks;
    this.blockShift = blockShift;
    this.onEviction = onEviction;
    this.lru = new EvictionList(store);
  }

  /** Oldest LRU extent, −1 when empty; follow `extents.newer`. For tests. */
  get oldestExtent(): number {
    return this.lru.oldest;
  }

  /** How many of the first `limit` blocks of a stream are here, from its start. */
  present(stream: number, limit: number): number {
    const { streams, nodes } = this.store;
    let end = limit;
    let current = stream;
    let node = this.index.get(current);
    while (node < 0) {
      end = Math.min(end, streams.fork[current]! >> this.blockShift);
      current = streams.parent[current]!;
      if (current < 0) return 0;
      node = this.index.get(current);
    }
    for (; node >= 0; node = nodes.parent[node]!) {
      const start = nodes.start[node]!;
      const reach = Math.min(nodes.have[node]!, end);
      if (reach > start) return reach;
      end = Math.min(end, start);
    }
    return 0;
  }

  /**
   * The first `blocks` blocks of a stream are written, as many as the store can hold, or just used: they
   * become the most recent, the tail a little older than the head. Returns how many had to be written.
   */
  put(stream: number, blocks: number): number {
    const end = Math.min(blocks, this.totalBlocks);
    if (end === 0) return 0;
    const written = end - this.present(stream, end);
    const { nodes } = this.store;
    const chain = this.chain;
    this.openChain(stream, end);
    let below = end;
    for (const node of chain) {
      // What is used leaves the order first: none of it may be evicted for the rest.
      this.lru.takeBelow(node, below);
      if (below > nodes.have[node]!) nodes.have[node] = below;
      below = Math.min(below, nodes.start[node]!);
    }
    this.usedBlocks += written;
    if (this.usedBlocks > this.totalBlocks) this.evict(this.usedBlocks - this.totalBlocks);
    below = end;
    for (const node of chain) {
      const start = nodes.start[node]!;
      if (below > start) this.lru.push(node, start, below);
      below = Math.min(below, start);
    }
    return written;
  }

  /** Finds or makes the nodes that hold the first `end` blocks of a stream. */
  private openChain(stream: number, end: number): void {
    const { streams, nodes } = this.store;
    const chain = this.chain;
    chain.length = 0;
    let current = stream;
    while (streams.fork[current]! >> this.blockShift >= end) current = streams.parent[current]!;
    for (let node = this.nodeOf(current); node >= 0; node = nodes.parent[node]!) chain.push(node);
  }

  private nodeOf(stream: number): number {
    const known = this.index.get(stream);
    if (known >= 0) return known;
    const { streams, nodes } = this.store;
    const parentStream = streams.parent[stream]!;
    const parent = parentStream >= 0 ? this.nodeOf(parentStream) : -1;
    const start = streams.fork[stream]! >> this.blockShift;
    const node = nodes.add(stream, start, parent, this.owner);
    this.index.set(stream, node);
    return node;
  }

  private evict(count: number): void {
    const { extents, nodes } = this.store;
    this.usedBlocks -= count;
    this.evictedBlocks += count;
    let left = count;
    while (left > 0) {
      const extent = this.lru.oldest;
      const node = extents.node[extent]!;
      const end = extents.high[extent]!;
      left -= this.lru.evictOldest(left);
      this.onEviction?.(nodes.stream[node]!, end);
      this.prune(node);
    }
  }

  /** Drops nodes that describe nothing any more, from a leaf upwards. */
  private prune(leaf: number): void {
    const { nodes } = this.store;
    let node = leaf;
    while (node >= 0 && nodes.have[node] === nodes.start[node] && nodes.children[node] === 0) {
      const parent = nodes.parent[node]!;
      this.index.delete(nodes.stream[node]!);
      nodes.remove(node);
      node = parent;
    }
  }
}
