/**
 * The q-quantile (0 ≤ q ≤ 1) of ascending values: linear between neighbours, as NumPy and d3-array do it
 * (type 7 of Hyndman and Fan). NaN when there are none.
 */
export function quantileSorted(sorted: Float64Array, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  if (position === below) return low;
  const high = sorted[below + 1]!;
  // The difference of two infinities is no number.
  return high === low ? low : low + (position - below) * (high - low);
}
