import type { TimeGrid } from '../kernel/timeGrid.js';
import type { Law } from '../laws/law.js';
import { lawTransform } from '../laws/lawTransform.js';

/** One-way delays between client and gateway by a uniform draw; undefined when there is none. */
export function networkDelay(law: Law, grid: TimeGrid): ((draw: number) => number) | undefined {
  const transform = lawTransform(law);
  if (law.kind === 'constant' && transform(0) === 0) return undefined;
  return (draw) => grid.round(transform(draw));
}
