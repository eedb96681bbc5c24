/**
 * A sum that does not depend on the order of its terms: each is rounded to the grid of 2^-27 (which
 * leaves simulated times as they are) and the whole and the fractional part are summed apart, exactly,
 * up to a total of 2^53.
 */
export class GridSum {
  private wholeSum = Number.NaN;
  private fractionSum = Number.NaN;
  /** Small terms not yet in the two parts. Multiples of the grid below 2^25, so their sum is exact as it is. */
  private recent = Number.NaN;

  constructor() {
    // Fields that begin as fractions never change their kind: see docs/engine.md, How it is fast.
    this.wholeSum = 0;
    this.fractionSum = 0;
    this.recent = 0;
  }

  get whole(): number {
    this.settle();
    return this.wholeSum;
  }

  /** In [0, 1). */
  get fraction(): number {
    this.settle();
    return this.fractionSum;
  }

  get total(): number {
    return this.whole + this.fraction;
  }

  /** Adds value · count; value ≥ 0, count a whole number ≥ 0. */
  add(value: number, count: number): void {
    const rounded = Math.round(value * stepsPerUnit) / stepsPerUnit;
    const product = rounded * count;
    if (product < smallTerm) {
      this.recent += product;
      if (this.recent >= smallTerm) this.settle();
      return;
    }
    const whole = Math.floor(rounded);
    if (count < exactCount) this.addExactly(whole, rounded - whole, count);
    else this.addInTwoParts(whole, rounded - whole, count);
  }

  /** Adds `weight` times value + step·j for j = 0 … terms − 1. */
  addAffine(value: number, step: number, terms: number, weight: number): void {
    const roundedValue = Math.round(value * stepsPerUnit) / stepsPerUnit;
    const roundedStep = Math.round(step * stepsPerUnit) / stepsPerUnit;
    const steps = (terms * (terms - 1)) / 2;
    const product = (roundedValue * terms + roundedStep * steps) * weight;
    // What is below the bound is exact: all parts are multiples of the grid and no larger.
    if (product < smallTerm) {
      this.recent += product;
      if (this.recent >= smallTerm) this.settle();
      return;
    }
    this.add(value, terms * weight);
    this.add(step, steps * weight);
  }

  merge(other: GridSum): void {
    this.addExactly(other.whole, other.fraction, 1);
  }

  private settle(): void {
    if (this.recent === 0) return;
    const whole = Math.floor(this.recent);
    const fraction = this.recent - whole;
    this.recent = 0;
    this.addExactly(whole, fraction, 1);
  }

  // 27 fraction bits times a count below 2^25, plus what was there, fit the 53 bits of a float64.
  private addExactly(whole: number, fraction: number, count: number): void {
    const fractions = this.fractionSum + fraction * count;
    const carry = Math.floor(fractions);
    this.wholeSum += whole * count + carry;
    this.fractionSum = fractions - carry;
  }

  private addInTwoParts(whole: number, fraction: number, count: number): void {
    const blocks = Math.floor(count / exactCount);
    const ofBlock = fraction * exactCount;
    const wholeOfBlock = Math.floor(ofBlock);
    this.addExactly(whole * exactCount + wholeOfBlock, ofBlock - wholeOfBlock, blocks);
    this.addExactly(whole, fraction, count - blocks * exactCount);
  }
}

/** 2^27. */
const stepsPerUnit = 134217728;
/** 2^25. */
const exactCount = 33554432;
/** 2^24: a sum below it, and a term below it, stay exact on the grid. */
const smallTerm = 16777216;
