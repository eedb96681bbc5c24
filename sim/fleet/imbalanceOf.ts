/** The largest of some loads in means of all of them: 1 when they are equal. NaN when all are 0. */
export function imbalanceOf(loads: Float64Array): number {
  let sum = 0;
  let most = 0;
  for (const load of loads) {
    sum += load;
    if (load > most) most = load;
  }
  return (most * loads.length) / sum;
}
