import { floatFromWords, highWord } from '../kernel/floatBits.js';
import { invariant } from '../kernel/invariant.js';
import { GridSum } from './gridSum.js';

/** Everything that a histogram holds, as plain data: survives JSON and the way between threads. */
export interface LogHistogramData {
  /** Values below 2^-32, zero among them. */
  readonly zeroCount: number;
  /** Index of the first of `counts`: its lower edge is the float64 whose high word is index · 2^13. */
  readonly firstBucket: number;
  /** Starts and ends with a bucket that holds something. */
  readonly counts: readonly number[];
  /** Null when nothing was added. */
  readonly min: number | null;
  readonly max: number | null;
  readonly sum: { readonly whole: number; readonly fraction: number };
}

/** 20 fraction bits of the high word less 7: 128 buckets per octave. */
const bucketShift = 13;
const bucketsPerOctave = 128;
const smallestValue = 1 / 4294967296;
const valueLimit = 4294967296 * 4294967296;

/**
 * Counts of non-negative values in buckets of equal relative width: 128 per octave, each less than
 * 0.8% wide. Counts are integers and a bucket is a matter of bits, so neither the order of adding nor
 * the way of merging changes anything, to the last byte.
 *
 * Quantiles are off by less than the width of a bucket (0.79% of the value); minimum and maximum are
 * exact; the mean is exact for values on a grid of 2^-27, which all simulated times are. Values below
 * 2^-32 count as zero. Values must be below 2^64, which bounds the memory to 100 kB.
 */
export class LogHistogram {
  private zeroCount = 0;
  private total = 0;
  private least = Number.POSITIVE_INFINITY;
  private greatest = Number.NEGATIVE_INFINITY;
  private firstBucket = 0;
  private counts = new Float64Array(0);
  private readonly sum = new GridSum();

  static fromData(data: LogHistogramData): LogHistogram {
    const histogram = new LogHistogram();
    histogram.zeroCount = data.zeroCount;
    histogram.total = data.counts.reduce((total, count) => total + count, data.zeroCount);
    histogram.least = data.min ?? Number.POSITIVE_INFINITY;
    histogram.greatest = data.max ?? Number.NEGATIVE_INFINITY;
    histogram.firstBucket = data.firstBucket;
    histogram.counts = Float64Array.from(data.counts);
    histogram.sum.add(data.sum.whole, 1);
    histogram.sum.add(data.sum.fraction, 1);
    return histogram;
  }

  /** Adds a value `count` times; count is a positive integer. */
  add(value: number, count = 1): void {
    this.countBetween(value, value, count);
    this.total += count;
    this.sum.add(value, count);
    this.stretch(value, value);
  }

  /**
   * Adds first + step·j for j = 0 … terms − 1, each `weight` times: the gaps between the tokens of
   * `weight` sequences over `terms` iterations of a batch whose contexts grow. Equals that many calls
   * of `add`, at the price of the buckets that are crossed. step ≥ 0, terms ≥ 1.
   */
  addAffine(first: number, step: number, terms: number, weight: number): void {
    const last = first + step * (terms - 1);
    if (last === first || bucketOf(first) === bucketOf(last)) {
      this.countBetween(first, last, terms * weight);
    } else this.countCrossing(first, step, terms, weight);
    this.total += terms * weight;
    this.sum.addAffine(first, step, terms, weight);
    this.stretch(first, last);
  }

  /** Adds all that the other histogram holds. */
  merge(other: LogHistogram): void {
    const buckets = other.counts.length;
    if (buckets > 0) this.cover(other.firstBucket, other.firstBucket + buckets - 1);
    const shift = other.firstBucket - this.firstBucket;
    for (let i = 0; i < buckets; i++) this.counts[i + shift]! += other.counts[i]!;
    this.zeroCount += other.zeroCount;
    this.total += other.total;
    this.sum.merge(other.sum);
    this.stretch(other.least, other.greatest);
  }

  get count(): number {
    return this.total;
  }

  /** NaN when empty, as are `min`, `max` and every quantile. */
  get mean(): number {
    return this.total === 0 ? Number.NaN : this.sum.total / this.total;
  }

  get min(): number {
    return this.total === 0 ? Number.NaN : this.least;
  }

  get max(): number {
    return this.total === 0 ? Number.NaN : this.greatest;
  }

  /**
   * The q-quantile (0 ≤ q ≤ 1) as `quantileSorted` defines it, with the values of a bucket spread
   * evenly over it. Rises with q.
   */
  quantile(q: number): number {
    if (this.total === 0) return Number.NaN;
    const position = q * (this.total - 1);
    const below = Math.floor(position);
    const low = this.valueAtRank(below);
    if (below === position) return low;
    return low + (position - below) * (this.valueAtRank(below + 1) - low);
  }

  toJSON(): LogHistogramData {
    const counts = Array.from(this.counts);
    const first = Math.max(
      0,
      counts.findIndex((count) => count > 0),
    );
    const end = counts.findLastIndex((count) => count > 0) + 1;
    return {
      zeroCount: this.zeroCount,
      firstBucket: end === 0 ? 0 : this.firstBucket + first,
      counts: counts.slice(first, end),
      min: this.total === 0 ? null : this.least,
      max: this.total === 0 ? null : this.greatest,
      sum: { whole: this.sum.whole, fraction: this.sum.fraction },
    };
  }

  /** Counts values that lie in one bucket. */
  private countBetween(first: number, last: number, count: number): void {
    if (!(first >= 0 && last < valueLimit)) refuse(first, last);
    if (last < smallestValue) {
      this.zeroCount += count;
      return;
    }
    const bucket = bucketOf(last);
    let slot = bucket - this.firstBucket;
    if (slot < 0 || slot >= this.counts.length) {
      this.cover(bucket, bucket);
      slot = bucket - this.firstBucket;
    }
    this.counts[slot]! += count;
  }

  private countCrossing(first: number, step: number, terms: number, weight: number): void {
    let from = 0;
    while (from < terms) {
      const value = first + step * from;
      const end = value < smallestValue ? smallestValue : lowerEdge(bucketOf(value) + 1);
      // The quotient may be off by one either way; the values themselves decide.
      let next = Math.min(terms, Math.max(from + 1, Math.ceil((end - first) / step)));
      while (next > from + 1 && first + step * (next - 1) >= end) next--;
      while (next < terms && first + step * next < end) next++;
      this.countBetween(value, first + step * (next - 1), (next - from) * weight);
      from = next;
    }
  }

  /** Makes room for these buckets, with an octave to spare. */
  private cover(firstBucket: number, lastBucket: number): void {
    const old = this.counts;
    const oldFirst = old.length === 0 ? firstBucket : this.firstBucket;
    const oldEnd = oldFirst + old.length;
    const first = firstBucket < oldFirst ? firstBucket - bucketsPerOctave : oldFirst;
    const end = lastBucket >= oldEnd ? lastBucket + 1 + bucketsPerOctave : oldEnd;
    if (first === oldFirst && end === oldEnd) return;
    this.counts = new Float64Array(end - first);
    this.counts.set(old, oldFirst - first);
    this.firstBucket = first;
  }

  private stretch(min: number, max: number): void {
    // Adding 0 turns a negative zero into the ordinary one.
    if (min < this.least) this.least = min + 0;
    if (max > this.greatest) this.greatest = max + 0;
  }

  /** The value with this many others below it. */
  private valueAtRank(rank: number): number {
    if (rank <= 0) return this.least;
    if (rank >= this.total - 1) return this.greatest;
    if (rank < this.zeroCount) return 0;
    let before = this.zeroCount;
    for (let slot = 0; slot < this.counts.length; slot++) {
      const inBucket = this.counts[slot]!;
      if (rank < before + inBucket) {
        const bucket = this.firstBucket + slot;
        const low = Math.max(this.least, lowerEdge(bucket));
        const high = Math.min(this.greatest, lowerEdge(bucket + 1));
        return low + ((rank - before + 0.5) / inBucket) * (high - low);
      }
      before += inBucket;
    }
    return this.greatest;
  }
}

/** Apart from its caller, so that no message is put together while all is well. */
function refuse(first: number, last: number): void {
  invariant(false, `a histogram takes values from 0 to below 2^64, not ${first} … ${last}`);
}

function bucketOf(value: number): number {
  return highWord(value) >>> bucketShift;
}

function lowerEdge(bucket: number): number {
  return floatFromWords(bucket << bucketShift, 0);
}
