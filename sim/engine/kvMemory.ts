import { invariant } from '../kernel/invariant.js';
import type { ContextPins } from './contextPins.js';
import type { DecodingRows } from './decodingRows.js';
import { EvictionList } from './evictionList.js';
import type { KvMemoryOptions } from './kvMemoryOptions.js';
import type { PrefixCacheStore } from './prefixCacheStore.js';
import { pruneNodes } from './pruneNodes.js';
import { SequenceState, type SequenceTable } from './sequenceTable.js';
import { StreamIndex } from './streamIndex.js';

const farEnd = 0x7fffffff;

/**
 * The KV blocks of one replica: free + evictable + referenced = total. Evictable blocks are cached and
 * unreferenced; they are evicted least recently used first, the tail of a sequence first, exactly as a
 * block-by-block LRU would, but kept as extents: the cost does not depend on the block size.
 */
export class KvMemory {
  readonly totalBlocks: number;
  freeBlocks: number;
  evictableBlocks = 0;
  evictedBlocks = 0;
  /** Answers of the last `lookup`. */
  presentBlocks = 0;
  pinnedBlocks = 0;
  sharesRunningOutput = false;
  readonly store: PrefixCacheStore;
  private readonly table: SequenceTable;
  private readonly rows: DecodingRows;
  private readonly replica: number;
  readonly blockShift: number;
  private readonly caching: boolean;
  private readonly index = new StreamIndex();
  /** Contexts held between their calls; undefined: none ever are. */
  pins: ContextPins | undefined = undefined;
  /** The order in which evictable blocks leave. */
  readonly lru: EvictionList;

  constructor(
    store: PrefixCacheStore,
    table: SequenceTable,
    rows: DecodingRows,
    options: KvMemoryOptions,
  ) {
    this.store = store;
    this.lru = new EvictionList(store, options.stamped);
    this.table = table;
    this.rows = rows;
    this.replica = options.replica;
    this.blockShift = options.blockShift;
    this.caching = options.caching;
    this.totalBlocks = options.totalBlocks;
    this.freeBlocks = options.totalBlocks;
  }

  /** Blocks that an allocation can use: free ones, then evicted ones. */
  get availableBlocks(): number {
    return this.freeBlocks + this.evictableBlocks;
  }

  /** Cache nodes in use. For tests. */
  get nodeCount(): number {
    return this.index.size;
  }

  /** The node that holds blocks of a stream here, −1 for none. */
  nodeFor(stream: number): number {
    return this.index.get(stream);
  }

  /** End of the full blocks of a node's stream that are present: those of a decoding writer grow with every form. */
  haveOf(node: number): number {
    const { nodes } = this.store;
    const writer = nodes.writer[node]!;
    if (writer >= 0 && this.table.state[writer] === SequenceState.decode) {
      const written = (this.rows.forms + this.table.offset[writer]!) >> this.blockShift;
      const start = nodes.start[node]!;
      return Math.max(written, start);
    }
    return nodes.have[node]!;
  }

  /** First block of a running sequence that is its stream's own; 0 where none is cached for others. */
  ownStart(sequence: number): number {
    return this.caching ? (this.store.nodes.start[this.table.node[sequence]!] ?? 0) : 0;
  }

  /**
   * Of the first `limit` blocks of a stream: how many from the start are present (`presentBlocks`), how
   * many of those are referenced (`pinnedBlocks`), and does a decoding sequence still extend them
   * (`sharesRunningOutput`)?
   */
  lookup(stream: number, limit: number): void {
    this.presentBlocks = 0;
    this.pinnedBlocks = 0;
    this.sharesRunningOutput = false;
    if (!this.caching || stream < 0) return;
    const { streams, nodes } = this.store;
    let current = stream;
    let end = limit;
    let node = this.index.get(current);
    while (node < 0) {
      const start = streams.fork[current]! >> this.blockShift;
      if (start < end) end = start;
      current = streams.parent[current]!;
      if (current < 0) return;
      node = this.index.get(current);
    }
    let found = false;
    for (; node >= 0; node = nodes.parent[node]!) {
      const have = this.haveOf(node);
      const start = nodes.start[node]!;
      const isWritten = nodes.writer[node]! >= 0;
      if (!found) {
        const present = Math.min(have, end);
        if (present > start) {
          this.presentBlocks = present;
          found = true;
        }
      }
      if (have < end && isWritten) this.sharesRunningOutput = true;
      const pinEnd = isWritten ? have : nodes.pin[node]!;
      const pinned = Math.min(pinEnd, end);
      if (pinned > start) {
        this.pinnedBlocks = pinned;
        return;
      }
      if (start < end) end = start;
    }
  }

  /** Can so many blocks be taken? The oldest pins end until they can. */
  makeRoom(count: number): boolean {
    while (count > this.availableBlocks) if (!this.pins?.dropOldest()) return false;
    return true;
  }

  /** Takes `count` of the available blocks: free ones first, then the least recently used. */
  allocate(count: number): void {
    if (count <= this.freeBlocks) {
      this.freeBlocks -= count;
      return;
    }
    const evict = count - this.freeBlocks;
    this.freeBlocks = 0;
    this.evict(evict);
  }

  /** The oldest `count` evictable blocks are empty from now on. */
  drop(count: number): void {
    this.evict(count);
    this.freeBlocks += count;
  }

  /** A node that describes nothing any more goes. */
  removeEmpty(node: number): void {
    const { nodes } = this.store;
    this.index.delete(nodes.stream[node]!);
    nodes.remove(node);
  }

  /** A sequence starts to write its stream: everything present on the chain becomes referenced. */
  acquire(sequence: number, stream: number): void {
    if (!this.caching || stream < 0) return;
    this.pins?.end(stream);
    const { nodes, forks } = this.store;
    let node = this.nodeOf(stream);
    if (nodes.writer[node]! >= 0) invariant(false, `two sequences write stream ${stream}`);
    this.table.node[sequence] = node;
    this.raise(node, farEnd);
    let isActive = nodes.firstFork[node]! >= 0;
    nodes.writer[node] = sequence;
    // An active node already keeps its ancestors referenced, so the walk stops there.
    while (!isActive) {
      const parent = nodes.parent[node]!;
      if (parent < 0) return;
      const at = nodes.start[node]!;
      isActive = nodes.writer[parent]! >= 0 || nodes.firstFork[parent]! >= 0;
      forks.add(parent, at);
      if (nodes.writer[parent]! < 0) this.raise(parent, at);
      node = parent;
    }
  }

  /** The first `covered` blocks of a running sequence are scheduled; `before` of them were already. */
  register(sequence: number, before: number, covered: number): void {
    if (!this.caching) return;
    const { nodes } = this.store;
    const { state } = this.table;
    let node = this.table.node[sequence]!;
    let end = farEnd;
    while (node >= 0) {
      const reach = Math.min(covered, end);
      const start = nodes.start[node]!;
      if (reach > nodes.have[node]! && reach > this.haveOf(node)) {
        const writer = nodes.writer[node]!;
        // A writer whose KV is still on its way, or to be computed, takes what others bring.
        const its = writer < 0 || writer === sequence ? SequenceState.prefill : state[writer];
        if (its !== SequenceState.prefill && its !== SequenceState.receiving)
          invariant(false, `two sequences write node ${node}`);
        nodes.have[node] = reach;
        nodes.pin[node] = reach;
      }
      if (start <= before) return;
      end = start;
      node = nodes.parent[node]!;
    }
  }

  /** A decoding sequence stops growing: its `covered` full blocks no longer follow from the forms. */
  settle(sequence: number, covered: number): void {
    if (!this.caching) return;
    const { nodes } = this.store;
    const node = this.table.node[sequence]!;
    if (node >= 0 && covered > nodes.start[node]!) nodes.have[node] = covered;
  }

  /** A sequence gives its blocks back, last to first: `covered` full ones stay cached, of `held` in all. */
  release(sequence: number, covered: number, held: number): void {
    if (!this.caching) {
      this.freeBlocks += held;
      return;
    }
    this.freeBlocks += held - covered;
    const { nodes, forks } = this.store;
    const leaf = this.table.node[sequence]!;
    if (leaf < 0) {
      // Nobody can find the blocks of a private context: they only take their place in the eviction order.
      this.evictableBlocks += covered;
      if (covered > 0) this.lru.pushPrivate(this.table.request[sequence]!, covered);
      return;
    }
    let node = leaf;
    this.table.node[sequence] = -1;
    const start = nodes.start[node]!;
    const state = this.table.state[sequence]!;
    if (state !== SequenceState.prefill && state !== SequenceState.receiving) {
      nodes.have[node] = Math.max(covered, start);
    }
    nodes.writer[node] = -1;
    nodes.pin[node] = nodes.have[node]!;
    this.lower(node);
    while (nodes.firstFork[node]! < 0) {
      // The node went idle, so it no longer references its parent.
      const parent = nodes.parent[node]!;
      if (parent < 0) break;
      forks.remove(parent, nodes.start[node]!);
      node = parent;
      if (nodes.writer[node]! >= 0) break;
      this.lower(node);
    }
    pruneNodes(leaf, this.store.nodes, this.index);
  }

  private nodeOf(stream: number): number {
    const known = this.index.get(stream);
    if (known >= 0) return known;
    const { streams, nodes } = this.store;
    const parentStream = streams.parent[stream]!;
    const parent = parentStream >= 0 ? this.nodeOf(parentStream) : -1;
    const start = streams.fork[stream]! >> this.blockShift;
    const node = nodes.add(stream, start, parent, this.replica);
    this.index.set(stream, node);
    return node;
  }

  /** References the blocks below min(have, target). */
  raise(node: number, target: number): void {
    const { nodes } = this.store;
    const have = nodes.have[node]!;
    const pin = Math.min(have, target);
    if (pin <= nodes.pin[node]!) return;
    nodes.pin[node] = pin;
    this.evictableBlocks -= this.lru.takeBelow(node, pin);
  }

  /** Blocks above the highest remaining reference become evictable, the most recent of all. */
  lower(node: number): void {
    const { nodes, forks } = this.store;
    const fork = nodes.firstFork[node]!;
    const pin = fork >= 0 ? forks.at[fork]! : nodes.start[node]!;
    const before = nodes.pin[node]!;
    if (pin >= before) return;
    nodes.pin[node] = pin;
    this.evictableBlocks += before - pin;
    this.lru.push(node, pin, before);
  }

  private evict(count: number): void {
    const { extents } = this.store;
    this.evictableBlocks -= count;
    this.evictedBlocks += count;
    let left = count;
    while (left > 0) {
      const node = extents.node[this.lru.oldest]!;
      left -= this.lru.evictOldest(left);
      if (node >= 0) pruneNodes(node, this.store.nodes, this.index);
    }
  }
}
