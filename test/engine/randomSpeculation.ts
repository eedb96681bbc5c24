import type { Speculation } from '../../sim/run/scenario.js';
import type { Dice } from './dice.js';

/** Some drafts, with shares that fall from draft to draft; now and then all or none are accepted. */
export function randomSpeculation(dice: Dice): Speculation {
  const draftTokens = dice.pick([1, 2, 3, 3, 5, 9]);
  const acceptance = dice.pick([0, 1, dice.uniform(), dice.uniform(), dice.uniform()]);
  const acceptedShares: number[] = [];
  let share = 1;
  for (let draft = 0; draft < draftTokens; draft++) {
    share *= acceptance;
    acceptedShares.push(share);
  }
  return {
    draftTokens,
    acceptedShares,
    draftMs: dice.chance(0.5) ? dice.uniform() : 0,
    draftShare: dice.chance(0.5) ? 0.1 * dice.uniform() : 0,
  };
}
