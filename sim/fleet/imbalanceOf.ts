/** How unevenly replicas were loaded: the largest of their loads in means of all of them; NaN without any load. */
export function imbalanceOf(loads: Float64Array): number {
  let sum = 0;
  let most = 0;
  for (const load of loads) {
    sum += load;
    if (load > most) most = load;
  }
  return (most * loads.length) / sum;
}
