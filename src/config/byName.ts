/** Orders named entries by code units, the same in every locale, so that the order of a file does not matter. */
export function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  if (a[0] === b[0]) return 0;
  return a[0] < b[0] ? -1 : 1;
}
