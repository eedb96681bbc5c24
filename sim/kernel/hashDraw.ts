import type { Uniform } from './random.js';
import { threefry, threefryWords } from './threefry.js';

/**
 * Names a place in the simulated world where draws are made: a session, a step in it, a round of a loop.
 *
 * A draw is a function of its place, its purpose and its ordinal alone, never of the order in which
 * things happen. So parallel branches, other hardware or an added step do not exchange draws. Places
 * form a tree: the root comes from a named random stream, and `child` leads to the places inside one.
 */
export class DrawKey {
  readonly high: number;
  readonly low: number;

  constructor(high: number, low: number) {
    this.high = high;
    this.low = low;
  }

  /** A root key; takes two draws of the stream. */
  static fromStream(uniform: Uniform): DrawKey {
    return new DrawKey((uniform() * twoTo32) | 0, (uniform() * twoTo32) | 0);
  }

  /** The place inside this one with this index (a whole number below 2^32) or name. */
  child(part: number | string): DrawKey {
    if (typeof part === 'number') return this.derived(part, childOfIndex);
    let key: DrawKey = this;
    for (let i = 0; i < part.length; i++) key = key.derived(part.charCodeAt(i), childOfName);
    // The length closes the name: otherwise `ab` would lie inside `a`.
    return key.derived(part.length, endOfName);
  }

  /**
   * Uniform in [0, 1) with 53 bits. Purpose and ordinal are whole numbers from 0, below 2^31 and 2^32:
   * what the draw is for, and which of the draws for that purpose it is.
   */
  uniform(purpose: number, ordinal: number): number {
    return drawUniform(this.high, this.low, purpose, ordinal);
  }

  private derived(part: number, tag: number): DrawKey {
    threefry(this.high, this.low, tag, part | 0);
    return new DrawKey(threefryWords[0]!, threefryWords[1]!);
  }
}

/** `DrawKey.uniform` for callers that keep keys in columns. */
export function drawUniform(high: number, low: number, purpose: number, ordinal: number): number {
  threefry(high, low, purpose, ordinal | 0);
  return ((threefryWords[0]! >>> 5) * 67108864 + (threefryWords[1]! >>> 6)) * twoToMinus53;
}

const twoTo32 = 4294967296;
const twoToMinus53 = 1 / 9007199254740992;
/** Stand where a draw has its purpose, and no purpose is negative. */
const childOfIndex = -1;
const childOfName = -2;
const endOfName = -3;
