/**
 * A sum that does not depend on the order of its terms: each is rounded to the grid of 2^-27 (which
 * leaves simulated times as they are) and the whole and the fractional part are summed apart, exactly,
 * up to a total of 2^53.
 */
export class GridSum {
  #whole = 0;
  #fraction = 0;

  get whole(): number {
    return this.#whole;
  }

  /** In [0, 1). */
  get fraction(): number {
    return this.#fraction;
  }

  get total(): number {
    return this.#whole + this.#fraction;
  }

  /** Adds value · count; value ≥ 0, count a whole number ≥ 0. */
  add(value: number, count: number): void {
    const whole = Math.floor(value);
    const fraction = Math.round((value - whole) * stepsPerUnit) / stepsPerUnit;
    if (count < exactCount) this.#addExactly(whole, fraction, count);
    else this.#addInTwoParts(whole, fraction, count);
  }

  merge(other: GridSum): void {
    this.#addExactly(other.#whole, other.#fraction, 1);
  }

  // 27 fraction bits times a count below 2^25, plus what was there, fit the 53 bits of a float64.
  #addExactly(whole: number, fraction: number, count: number): void {
    const fractions = this.#fraction + fraction * count;
    const carry = Math.floor(fractions);
    this.#whole += whole * count + carry;
    this.#fraction = fractions - carry;
  }

  #addInTwoParts(whole: number, fraction: number, count: number): void {
    const blocks = Math.floor(count / exactCount);
    const ofBlock = fraction * exactCount;
    const wholeOfBlock = Math.floor(ofBlock);
    this.#addExactly(whole * exactCount + wholeOfBlock, ofBlock - wholeOfBlock, blocks);
    this.#addExactly(whole, fraction, count - blocks * exactCount);
  }
}

/** 2^27. */
const stepsPerUnit = 134217728;
/** 2^25. */
const exactCount = 33554432;
