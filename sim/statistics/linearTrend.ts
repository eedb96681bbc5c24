import { tQuantile } from './tQuantile.js';

/** The straight line through a series, by least squares. */
export interface LinearTrend {
  /** Growth from one value to the next. */
  readonly slope: number;
  /** Of the interval of the slope; NaN for fewer than three values. */
  readonly halfWidth: number;
}

/**
 * The trend of a series whose neighbouring values resemble each other, as queue lengths do. What is left
 * beside the line counts as fewer values than there are, n·(1 − r)/(1 + r) with r its correlation from
 * one value to the next (at least 3): a plain regression would see a trend in every slow wave.
 */
export function linearTrend(values: ArrayLike<number>, confidence = 0.95): LinearTrend {
  const n = values.length;
  const middle = 0.5 * (n - 1);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const mean = sum / n;
  let across = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    across += (i - middle) * (values[i]! - mean);
    spread += (i - middle) * (i - middle);
  }
  if (n < 3) return { slope: n < 2 ? 0 : across / spread, halfWidth: Number.NaN };

  const slope = across / spread;
  let squares = 0;
  let neighbours = 0;
  let previous = 0;
  for (let i = 0; i < n; i++) {
    const residual = values[i]! - mean - slope * (i - middle);
    squares += residual * residual;
    neighbours += residual * previous;
    previous = residual;
  }
  const correlation = squares === 0 ? 0 : Math.max(0, neighbours / squares);
  const counted = Math.max(3, (n * (1 - correlation)) / (1 + correlation));
  const variance = squares / n / (1 - 2 / counted);
  const standardError = Math.sqrt((variance / spread) * (n / counted));
  return { slope, halfWidth: tQuantile(0.5 + 0.5 * confidence, counted - 2) * standardError };
}
