import { normalQuantile } from '../kernel/normalQuantile.js';

/**
 * By how many standard deviations the largest of `count` independent, nearly normal amounts exceeds their mean, on
 * average (Blom 1958): 0.56 of 2, 1.42 of 8, 2.4 of 72. How far the busiest of a group of accelerators is ahead.
 */
export function largestOf(count: number): number {
  return count <= 1 ? 0 : normalQuantile((count - 0.375) / (count + 0.25));
}
