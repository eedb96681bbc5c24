/**
 * The q-quantile (0 ≤ q ≤ 1) of ascending values: linear between neighbours, as NumPy and d3-array do it
 * (type 7 of Hyndman and Fan). NaN when there are none.
 */
export function quantileSorted(sorted: Float64Array, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  // At the end, or between two that are both infinite, there is nothing to interpolate.
  if (position === below) return low;
  return low + (position - below) * (sorted[below + 1]! - low);
}
