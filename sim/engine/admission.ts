import type { KvMemory } from './kvMemory.js';

/**
 * The room a request needs to be admitted, as vLLM counts it. Hits that running sequences reference are
 * free; evictable hits cost like new blocks, because they must leave the evictable ones.
 */
export class Admission {
  /** Answers of the last `plan`: prompt tokens that need no computing, blocks found cached, blocks after the first chunk. */
  hitTokens = 0;
  presentBlocks = 0;
  firstBlocks = 0;
  private readonly kv: KvMemory;
  private readonly blockShift: number;
  private readonly blockMask: number;
  private readonly wholeSequence: boolean;

  constructor(kv: KvMemory, blockShift: number, wholeSequence: boolean) {
    this.kv = kv;
    this.blockShift = blockShift;
    this.blockMask = (1 << blockShift) - 1;
    this.wholeSequence = wholeSequence;
  }

  /**
   * Works out the admission of `tokens` of a stream when `budget` tokens may be computed at once, and the
   * KV of the first `loadedBlocks` full blocks has been brought here from elsewhere.
   */
  plan(stream: number, tokens: number, budget: number, loadedBlocks: number): void {
    const kv = this.kv;
    kv.lookup(stream, tokens >> this.blockShift);
    const present = kv.presentBlocks;
    // At least one token is computed: the one that gives the next token.
    const most = (tokens - 1) >> this.blockShift;
    const known = loadedBlocks > present ? loadedBlocks : present;
    const hit = Math.min(known, most) << this.blockShift;
    const left = tokens - hit;
    const blocks = this.blocksFor(hit + Math.min(left, budget));
    this.hitTokens = hit;
    this.presentBlocks = present;
    this.firstBlocks = Math.max(blocks, present);
  }

  /**
   * Works out the reservation for a stream of which `tokens` are known and the KV of all but the last comes
   * from another replica: nothing is computed.
   */
  planReceived(stream: number, tokens: number): void {
    const kv = this.kv;
    kv.lookup(stream, tokens >> this.blockShift);
    const present = kv.presentBlocks;
    this.presentBlocks = present;
    this.hitTokens = Math.min(present << this.blockShift, tokens - 1);
    this.firstBlocks = Math.max(this.blocksFor(tokens - 1), present);
  }

  /** Does the planned request fit now? */
  fitsNow(tokens: number): boolean {
    const room = this.kv.availableBlocks + this.kv.pinnedBlocks;
    return this.firstBlocks <= room && (!this.wholeSequence || this.blocksFor(tokens) <= room);
  }

  /**
   * May the planned request fit after `decodeBlocks` more are taken? For first-chunk admission, whose
   * hits may shrink meanwhile, the blocks of now decide: if those are too few, later ones are.
   */
  mayFitAfter(tokens: number, decodeBlocks: number): boolean {
    const room = this.kv.availableBlocks + this.kv.pinnedBlocks;
    return this.wholeSequence
      ? this.blocksFor(tokens) <= room - decodeBlocks
      : this.firstBlocks <= room;
  }

  blocksFor(tokens: number): number {
    return (tokens + this.blockMask) >> this.blockShift;
  }
}
