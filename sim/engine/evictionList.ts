import type { PrefixCacheStore } from './prefixCacheStore.js';

/** The least-recently-used order of one replica's unreferenced cached blocks, as a list of extents. */
export class EvictionList {
  private readonly store: PrefixCacheStore;
  private readonly stamped: boolean;
  /** What extents that are pushed now are stamped with. */
  private nowMs = 0;
  private oldestExtent = -1;
  private newestExtent = -1;

  constructor(store: PrefixCacheStore, stamped = false) {
    this.store = store;
    this.stamped = stamped;
  }

  /** From now on, blocks are pushed at `timeMs`. */
  moveTo(timeMs: number): void {
    if (this.stamped) this.nowMs = timeMs;
  }

  /** Extent whose highest block is evicted next, −1 when empty; follow `extents.newer`. */
  get oldest(): number {
    return this.oldestExtent;
  }

  /**
   * Blocks [low, high) of a node became unreferenced: the most recent ones, the tail a little older than
   * the head. Joins the newest extent only if it continues it in the list and in the blocks: anywhere else
   * a merge would change the order.
   */
  push(node: number, low: number, high: number): void {
    const { nodes, extents } = this.store;
    const newest = this.newestExtent;
    const continues = newest >= 0 && extents.node[newest] === node && extents.low[newest] === high;
    if (continues && !(this.stamped && extents.sinceMs[newest]! < this.nowMs)) {
      extents.low[newest] = low;
      return;
    }
    const extent = this.append(node, low, high);
    const top = nodes.topExtent[node]!;
    extents.olderOfNode[extent] = top;
    extents.newerOfNode[extent] = -1;
    if (top >= 0) extents.newerOfNode[top] = extent;
    nodes.topExtent[node] = extent;
  }

  /** The first `blocks` blocks of a private context became unreferenced. No node stands for them; −1 − request names them. */
  pushPrivate(request: number, blocks: number): void {
    this.append(-1 - request, 0, blocks);
  }

  /** Takes the blocks of a node below `pin` out of the list. Returns how many they were. */
  takeBelow(node: number, pin: number): number {
    const { nodes, extents } = this.store;
    let taken = 0;
    let extent = nodes.topExtent[node]!;
    while (extent >= 0 && extents.low[extent]! < pin) {
      const low = extents.low[extent]!;
      const high = extents.high[extent]!;
      if (high > pin) {
        extents.low[extent] = pin;
        return taken + pin - low;
      }
      taken += high - low;
      const older = extents.olderOfNode[extent]!;
      nodes.topExtent[node] = older;
      if (older >= 0) extents.newerOfNode[older] = -1;
      this.unlink(extent);
      extent = older;
    }
    return taken;
  }

  /** Takes the blocks of a node from `keep` on out of the list. Returns how many they were. */
  takeFrom(node: number, keep: number): number {
    const { nodes, extents } = this.store;
    let newer = -1;
    let extent = nodes.topExtent[node]!;
    while (extent >= 0 && extents.high[extent]! <= keep) {
      newer = extent;
      extent = extents.olderOfNode[extent]!;
    }
    let taken = 0;
    if (extent >= 0 && extents.low[extent]! < keep) {
      taken = extents.high[extent]! - keep;
      extents.high[extent] = keep;
      newer = extent;
      extent = extents.olderOfNode[extent]!;
    }
    if (newer >= 0) extents.olderOfNode[newer] = -1;
    else nodes.topExtent[node] = -1;
    while (extent >= 0) {
      taken += extents.high[extent]! - extents.low[extent]!;
      const older = extents.olderOfNode[extent]!;
      this.unlink(extent);
      extent = older;
    }
    return taken;
  }

  /**
   * Evicts up to `count` blocks from the tail of the oldest extent and lowers its node's `have`. Returns
   * how many; when the extent is used up it is gone, and the caller may prune the node.
   */
  evictOldest(count: number): number {
    const { nodes, extents } = this.store;
    const extent = this.oldestExtent;
    const node = extents.node[extent]!;
    const low = extents.low[extent]!;
    const high = extents.high[extent]!;
    if (high - low > count) {
      extents.high[extent] = high - count;
      if (node >= 0) nodes.have[node] = high - count;
      return count;
    }
    if (node < 0) {
      this.unlink(extent);
      return high - low;
    }
    nodes.have[node] = low;
    const newerOfNode = extents.newerOfNode[extent]!;
    if (newerOfNode >= 0) extents.olderOfNode[newerOfNode] = -1;
    else nodes.topExtent[node] = -1;
    this.unlink(extent);
    return high - low;
  }

  private append(node: number, low: number, high: number): number {
    const { extents } = this.store;
    const newest = this.newestExtent;
    const extent = extents.allocate();
    extents.node[extent] = node;
    extents.low[extent] = low;
    extents.high[extent] = high;
    if (this.stamped) extents.sinceMs[extent] = this.nowMs;
    extents.older[extent] = newest;
    extents.newer[extent] = -1;
    if (newest >= 0) extents.newer[newest] = extent;
    else this.oldestExtent = extent;
    this.newestExtent = extent;
    return extent;
  }

  private unlink(extent: number): void {
    const { extents } = this.store;
    const older = extents.older[extent]!;
    const newer = extents.newer[extent]!;
    if (older >= 0) extents.newer[older] = newer;
    else this.oldestExtent = newer;
    if (newer >= 0) extents.older[newer] = older;
    else this.newestExtent = older;
    extents.release(extent);
  }
}
