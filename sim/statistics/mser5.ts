/** Where a series settles. */
export interface WarmupCut {
  /** Values before this index belong to the warm-up: a multiple of 5. 0 when refused. */
  readonly cutIndex: number;
  /** Refused when the series still moves in its last half, or is too short to tell: run longer. */
  readonly verdict: 'found' | 'refused';
}

/** Of means of five: with fewer, the minimum says little. */
const fewestMeans = 10;

/**
 * The warm-up rule MSER-5 (White, Cobb and Spratt 2000): of the means of five successive values, drop as
 * many from the start as makes the standard error of the rest smallest. Give it the average series of
 * all replications. Values that do not fill the last five are left out.
 */
export function mser5(series: ArrayLike<number>): WarmupCut {
  const means = meansOfFive(series);
  if (means.length < fewestMeans) return { cutIndex: 0, verdict: 'refused' };

  // From the end, so that the sum of squares of every rest comes from that of the one before.
  let count = 0;
  let mean = 0;
  let squares = 0;
  let best = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let cut = means.length - 1; cut >= 0; cut--) {
    const fromMean = means[cut]! - mean;
    count++;
    mean += fromMean / count;
    squares += fromMean * (means[cut]! - mean);
    const error = squares / (count * count);
    // The last few agree with each other by chance. Of equals the earliest cut is kept.
    if (count >= 5 && error <= smallest) {
      smallest = error;
      best = cut;
    }
  }
  return 2 * best <= means.length
    ? { cutIndex: 5 * best, verdict: 'found' }
    : { cutIndex: 0, verdict: 'refused' };
}

function meansOfFive(series: ArrayLike<number>): Float64Array {
  const means = new Float64Array(Math.floor(series.length / 5));
  for (let i = 0; i < means.length; i++) {
    let sum = 0;
    for (let j = 0; j < 5; j++) sum += series[5 * i + j]!;
    means[i] = sum / 5;
  }
  return means;
}
