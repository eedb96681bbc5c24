import { portablePower } from '../kernel/portablePower.js';
import { lawMean } from '../laws/lawMean.js';
import type { LoopStep } from './taskGraph.js';

/** How many rounds a loop takes on average, its limit included: cut off there, not just below it. */
export function meanRounds({ rounds, maxRounds }: Pick<LoopStep, 'rounds' | 'maxRounds'>): number {
  if (rounds.kind === 'count') {
    const { times } = rounds;
    return lawMean({ ...times, atMost: Math.min(maxRounds, times.atMost ?? maxRounds) });
  }
  const { doneProbability } = rounds;
  return doneProbability === 0
    ? maxRounds
    : (1 - portablePower(1 - doneProbability, maxRounds)) / doneProbability;
}
