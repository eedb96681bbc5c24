/** The bins that lie between two times as a whole: the last of a run may be cut short. Levels that no longer change are 0. */
export function wholeBins(
  levels: ArrayLike<number>,
  binMs: number,
  fromMs: number,
  toMs: number,
): Float64Array {
  const first = Math.ceil(fromMs / binMs);
  const inside = new Float64Array(Math.max(0, Math.floor(toMs / binMs) - first));
  for (let i = 0; i < inside.length; i++) inside[i] = levels[first + i] ?? 0;
  return inside;
}
