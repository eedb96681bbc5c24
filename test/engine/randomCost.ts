import type { IterationCost } from '../../sim/hardware/iterationCost.js';
import type { TimeGrid } from '../../sim/kernel/timeGrid.js';
import { type AffineCoefficients, affineCost } from './affineCost.js';
import type { Dice } from './dice.js';
import { steppedCost } from './steppedCost.js';

/** Some iteration cost with real coefficients: roofline-like, pipeline-like, windowed, padded, or stepped. */
export function randomCost(dice: Dice, grid: TimeGrid): IterationCost {
  const real = randomCoefficients(dice);
  if (dice.chance(0.12)) return steppedCost(real, dice.pick([8, 50, 400]), grid);
  return affineCost(real, grid);
}

function randomCoefficients(dice: Dice): AffineCoefficients {
  const deviceMs = 0.1 + 20 * dice.uniform();
  const isWindowed = dice.chance(0.35);
  return {
    windowTokens: isWindowed ? dice.int(8, 200) : 0,
    graphRows: dice.chance(0.3) ? dice.pick([[1, 2, 4, 8, 16, 32], [4, 12], [16]]) : [],
    deviceMs,
    perRowMs: sometimes(dice, 0.7, 0.1),
    perSampledRowMs: sometimes(dice, 0.3, 0.1),
    perChunkTokenMs: sometimes(dice, 0.7, 0.01),
    perPairMs: sometimes(dice, 0.7, 1e-5),
    perPriorTokenMs: sometimes(dice, 0.4, 1e-4),
    perContextTokenMs: sometimes(dice, 0.8, dice.pick([1e-3, 1e-3, 1e-2])),
    perWindowedTokenMs: isWindowed ? sometimes(dice, 0.9, 1e-2) : 0,
    perMeanContextTokenMs: sometimes(dice, 0.2, 1e-3),
    // Close to the device time, growing contexts make the device overtake the host inside a jump.
    hostMs: dice.chance(0.5)
      ? deviceMs + dice.uniform()
      : sometimes(dice, 0.8, dice.pick([1, 10, 30])),
    hostPerRowMs: sometimes(dice, 0.5, 0.1),
    syncMs: sometimes(dice, 0.7, 1),
  };
}

function sometimes(dice: Dice, probability: number, max: number): number {
  return dice.chance(probability) ? dice.uniform() * max : 0;
}
