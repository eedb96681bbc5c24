import { highWord, lowWord } from './floatBits.js';

/**
 * A running 64-bit hash of the facts of a run, in the order in which they are added. Two runs with equal
 * digests did the same; a digest that changes by an optimisation shows that it changed behaviour. Guards
 * against mistakes, not against forgery.
 *
 * For a given state, two different numbers always lead to different states.
 */
export class Fingerprint {
  private a = 0x243f6a88;
  private b = 0x05a308d3;
  private numbers = 0;

  /** Any float64: times, sizes, ids. The two zeros count as one number, and so do all NaN. */
  addNumber(value: number): void {
    if (value === 0) this.absorb(0, 0);
    else if (Number.isNaN(value)) this.absorb(0x7ff80000, 0);
    else this.absorb(highWord(value), lowWord(value));
  }

  /** A whole number from −2^31 to 2^31 − 1, in a third of the time. Hashes apart from `addNumber` of the same value. */
  addInteger(value: number): void {
    this.absorb(0x7ff90000, value);
  }

  /** 16 hexadecimal digits for everything added so far; more may be added after. */
  digest(): string {
    const first = scrambled(this.a ^ this.numbers);
    const second = scrambled(this.b ^ first);
    return hex(scrambled(first ^ second)) + hex(second);
  }

  private absorb(high: number, low: number): void {
    const a = this.a ^ Math.imul(high, 0xcc9e2d51);
    const b = this.b ^ Math.imul(low, 0x1b873593);
    this.a = Math.imul(((a << 13) | (a >>> 19)) + this.b, 0x85ebca6b);
    this.b = Math.imul(((b << 17) | (b >>> 15)) + this.a, 0xc2b2ae35);
    this.numbers = (this.numbers + 1) | 0;
  }
}

/** The final mix of MurmurHash3 (Appleby, public domain): every bit of the result depends on every bit. */
function scrambled(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
