import type { Scenario } from './scenario.js';

/** Requests that the traces of a scenario hold, all copies of them; a horizon may cut them short. Those of laws and agents are not known ahead. */
export function replayedCount({ populations }: Scenario): number {
  let count = 0;
  for (const { source } of populations) {
    if (source.kind === 'replay') count += source.trace.count * source.copies;
  }
  return count;
}
