import { invariant } from '../../sim/kernel/invariant.js';

/** One KV block of one replica. */
export interface KvBlock {
  /** What it holds, as `blockIdentity` names it; undefined while it is not full, or not to be found. */
  identity: number | undefined;
  /** Name of the block before it in its context. */
  follows?: number | undefined;
  /** Running sequences that use it. */
  references: number;
  /** When the last reference was dropped. */
  freeSinceMs: number;
}

/**
 * The KV blocks of one replica, one object each: empty ones, referenced ones, and cached ones that
 * nobody references, which are evicted least recently used first when no empty block is left.
 */
export class ReferenceMemory {
  readonly #totalBlocks: number;
  readonly #prefixCache: boolean;
  #free: number;
  #evicted = 0;
  /** Of those evicted, blocks whose time was over. */
  expired = 0;
  readonly #blockByIdentity = new Map<number, KvBlock>();
  /** In the order in which their last reference was dropped. */
  readonly #evictable = new Set<KvBlock>();
  readonly #ttlMs: number;
  /** Contexts held between calls, oldest first. */
  readonly pins: { readonly stream: number; readonly blocks: readonly KvBlock[] }[] = [];
  /** Pins that ended because a sequence needed blocks. */
  pinsDropped = 0;
  nowMs = 0;

  constructor(totalBlocks: number, prefixCache: boolean, ttlMs = Number.POSITIVE_INFINITY) {
    this.#ttlMs = ttlMs;
    this.#totalBlocks = totalBlocks;
    this.#prefixCache = prefixCache;
    this.#free = totalBlocks;
  }

  get free(): number {
    return this.#free;
  }

  get evictable(): number {
    return this.#evictable.size;
  }

  /** Blocks that a sequence can be given: empty ones, then cached ones. */
  get available(): number {
    return this.#free + this.#evictable.size;
  }

  get evicted(): number {
    return this.#evicted;
  }

  /** Names of the cached, unreferenced blocks, oldest first. */
  get lruIdentities(): number[] {
    return [...this.#evictable].map((block) => block.identity!);
  }

  /** Time passes: blocks that were not referenced for longer than they live are empty. */
  passTo(nowMs: number): void {
    this.nowMs = nowMs;
    for (const block of [...this.#evictable]) {
      if (nowMs - block.freeSinceMs <= this.#ttlMs) break;
      this.#evictOldest();
      this.#free++;
      this.expired++;
    }
  }

  /** Takes an empty block, or the least recently used cached one. */
  take(): KvBlock {
    if (this.#free > 0) this.#free--;
    else this.#evictOldest();
    return { identity: undefined, references: 1, freeSinceMs: 0 };
  }

  reference(block: KvBlock): void {
    if (block.references === 0) this.#evictable.delete(block);
    block.references++;
  }

  release(block: KvBlock): void {
    invariant(block.references > 0, 'a block is released more often than referenced');
    block.references--;
    if (block.references > 0) return;
    block.freeSinceMs = this.nowMs;
    if (block.identity === undefined) this.#free++;
    else this.#evictable.add(block);
  }

  /** The block is full: others may find it from now on. */
  register(block: KvBlock, identity: number, follows: number | undefined): void {
    if (!this.#prefixCache) return;
    invariant(!this.#blockByIdentity.has(identity), `block ${identity} is written twice`);
    block.identity = identity;
    block.follows = follows;
    this.#blockByIdentity.set(identity, block);
  }

  /** The leading blocks of a context that are here, referenced or not. */
  present(identities: readonly number[], limit: number): KvBlock[] {
    const found: KvBlock[] = [];
    while (found.length < limit) {
      const block = this.#blockByIdentity.get(identities[found.length]!);
      if (block === undefined) break;
      found.push(block);
    }
    return found;
  }

  /** A pin ends: its blocks are given up, the last first. */
  unpin(index: number): void {
    const [{ blocks }] = this.pins.splice(index, 1) as [(typeof this.pins)[number]];
    for (const block of blocks.toReversed()) this.release(block);
  }

  /** Ends the oldest pin for somebody who lacks blocks; false: there is none. */
  takeOldestPin(): boolean {
    if (this.pins.length === 0) return false;
    this.unpin(0);
    this.pinsDropped++;
    return true;
  }

  /** Empties the last cached blocks of a context that nobody references and no cached block follows. Returns how many. */
  dropContext(identities: readonly number[], blocks: number): number {
    const present = this.present(identities, blocks);
    let dropped = 0;
    for (const block of present.toReversed()) {
      const cached = [...this.#blockByIdentity.values()];
      if (block.references > 0 || cached.some(({ follows }) => follows === block.identity)) break;
      this.#evictable.delete(block);
      this.#blockByIdentity.delete(block.identity!);
      this.#evicted++;
      this.#free++;
      dropped++;
    }
    return dropped;
  }

  /** Counts every block once, given those that sequences say they hold. */
  checkConservation(heldBlocks: Iterable<KvBlock>): void {
    const referenced = new Set([...heldBlocks, ...this.pins.flatMap(({ blocks }) => blocks)]);
    for (const block of referenced)
      invariant(!this.#evictable.has(block), 'a used block is evictable');
    const counted = this.#free + this.#evictable.size + referenced.size;
    invariant(counted === this.#totalBlocks, `${counted} blocks of ${this.#totalBlocks} are known`);
  }

  #evictOldest(): void {
    const [oldest] = this.#evictable;
    invariant(oldest?.identity !== undefined, 'a block is taken where none is available');
    this.#evictable.delete(oldest);
    this.#blockByIdentity.delete(oldest.identity);
    this.#evicted++;
  }
}
