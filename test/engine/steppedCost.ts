import type { IterationCost } from '../../sim/hardware/iterationCost.js';
import { invariant } from '../../sim/kernel/invariant.js';
import type { TimeGrid } from '../../sim/kernel/timeGrid.js';
import { type AffineCoefficients, affineCost } from './affineCost.js';

/**
 * A cost that is not affine in the context, as of a measured table: the affine one, with contexts
 * rounded up to multiples of `stepTokens` over the whole batch.
 */
export function steppedCost(
  real: AffineCoefficients,
  stepTokens: number,
  grid: TimeGrid,
): IterationCost {
  const affine = affineCost(real, grid);
  const stepped = (tokens: number) => Math.ceil(tokens / stepTokens) * stepTokens;
  return {
    ...affine,
    isAffine: false,
    deviceMs: (shape) =>
      affine.deviceMs({
        ...shape,
        decodeContextTokens: stepped(shape.decodeContextTokens),
        windowedDecodeContextTokens: stepped(shape.windowedDecodeContextTokens),
      }),
    decodeGrowthMs: () => {
      invariant(false, 'a cost that is not affine is asked for its growth');
    },
  };
}
