import type { BlockHashes, RequestTrace } from './requestTrace.js';

/**
 * The prompts of a trace as a forest of append-only token streams: each request has a stream of its
 * own that begins like the stream of an earlier request. Indices are requests, in trace order.
 */
export interface ForkPlan {
  /** The request whose prompt this one begins with, −1 when it shares nothing with an earlier one. Always earlier. */
  readonly parent: Int32Array;
  /** Tokens shared with the parent: the first `forkTokens` of both prompts are the same. 0 without a parent. */
  readonly forkTokens: Int32Array;
  /** The last request that has this one as its parent, −1 for none. Once it has forked, no later request needs the stream. */
  readonly lastChild: Int32Array;
  /** Prompts with a hash that came after another block the first time, so that it cannot name a prefix. They share less than they claim. */
  readonly conflictingPrompts: number;
}

/**
 * Finds the longest prefix that each request shares with an earlier one. Done once when a trace is
 * loaded, in time proportional to its hashes.
 *
 * What is shared ends where the shorter of two prompts ends, so a partial last block counts with
 * its true length. Output tokens are not hashed by traces: they count as new when a later prompt holds them.
 */
export function planForks(trace: RequestTrace): ForkPlan {
  const parent = new Int32Array(trace.count).fill(-1);
  const forkTokens = new Int32Array(trace.count);
  const lastChild = new Int32Array(trace.count).fill(-1);
  const hashes = trace.blockHashes;
  if (hashes === undefined) return { parent, forkTokens, lastChild, conflictingPrompts: 0 };

  const known = new PrefixTable(hashes.ids.length);
  for (let request = 0; request < trace.count; request++) {
    const owner = known.addPrompt(trace.promptTokens, hashes, request);
    parent[request] = owner;
    forkTokens[request] = known.sharedTokens;
    if (owner >= 0) lastChild[owner] = request;
  }
  return { parent, forkTokens, lastChild, conflictingPrompts: known.conflicts };
}

const empty = -1;
const goldenRatio32 = 0x9e3779b1;

/** Every block seen so far: the block before it, and the request whose stream holds it. Open addressing by hash. */
class PrefixTable {
  /** Tokens that the prompt added last shares with its owner. */
  sharedTokens = 0;
  conflicts = 0;
  private readonly shift: number;
  private readonly mask: number;
  private readonly keys: Int32Array;
  private readonly previous: Int32Array;
  private readonly owner: Int32Array;

  constructor(maxEntries: number) {
    let bits = 4;
    while (1 << bits < 1.5 * maxEntries) bits++;
    this.shift = 32 - bits;
    this.mask = (1 << bits) - 1;
    this.keys = new Int32Array(this.mask + 1).fill(empty);
    this.previous = new Int32Array(this.mask + 1);
    this.owner = new Int32Array(this.mask + 1);
  }

  /** Adds the blocks of a prompt. Returns the earlier request that shares most of it, −1 for none. */
  addPrompt(promptTokens: Int32Array, hashes: BlockHashes, request: number): number {
    const { ids, offsets, blockTokens } = hashes;
    const from = offsets[request]!;
    const until = offsets[request + 1]!;
    const tokens = promptTokens[request]!;
    let previous = empty;
    let shared = 0;
    let sharedWith = -1;
    let at = from;
    for (; at < until; at++) {
      const slot = this.slotOf(ids[at]!);
      if (this.keys[slot] === empty || this.previous[slot] !== previous) break;
      const owner = this.owner[slot]!;
      const blockEnd = Math.min((at - from + 1) * blockTokens, tokens);
      sharedWith = owner;
      shared = Math.min(blockEnd, promptTokens[owner]!);
      // The owner's prompt ends inside this block: from here on, later prompts share more with this one.
      if (shared < blockEnd) break;
      previous = ids[at]!;
    }
    for (; at < until; at++) {
      // After a conflict the rest of the prompt hangs on a block that names two prefixes: left unregistered.
      if (!this.claim(ids[at]!, previous, request)) break;
      previous = ids[at]!;
    }
    this.sharedTokens = shared;
    return sharedWith;
  }

  /** Makes the request the owner of a block; refuses, and counts, a block known after another one. */
  private claim(id: number, previous: number, request: number): boolean {
    const slot = this.slotOf(id);
    if (this.keys[slot] === empty) {
      this.keys[slot] = id;
      this.previous[slot] = previous;
    } else if (this.previous[slot] !== previous) {
      this.conflicts++;
      return false;
    }
    this.owner[slot] = request;
    return true;
  }

  private slotOf(id: number): number {
    const keys = this.keys;
    let slot = Math.imul(id, goldenRatio32) >>> this.shift;
    while (keys[slot] !== id && keys[slot] !== empty) slot = (slot + 1) & this.mask;
    return slot;
  }
}
