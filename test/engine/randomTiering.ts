import type { TieringOptions } from '../../sim/fleet/tierOptions.js';
import type { TimeGrid } from '../../sim/kernel/timeGrid.js';
import type { Dice } from './dice.js';

const blockBytes = 4096;

/** One to three memory tiers, from too small for one context to endless, from slower than computing to instant. */
export function randomTiering(
  dice: Dice,
  world: { readonly replicas: number; readonly kvBlocks: number; readonly grid: TimeGrid },
): TieringOptions {
  const { replicas, grid } = world;
  const usual = Math.min(world.kvBlocks, 2000);
  return {
    tiers: Array.from({ length: dice.pick([1, 2, 2, 3]) }, (_, index) => ({
      name: `tier${index}`,
      replicasPerStore: dice.pick([1, 1, 2, replicas]),
      capacityBytes:
        blockBytes *
        (index === 0
          ? dice.pick([dice.int(0, usual), dice.int(usual, 4 * usual), 1_000_000])
          : dice.pick([dice.int(0, usual), 1_000_000, 1_000_000])),
      bytesPerMs: dice.spread(blockBytes / 128, 16),
      latencyMs: dice.chance(0.5) ? 0 : grid.round(dice.spread(0.01, 8)),
      write: dice.pick(['through', 'back'] as const),
    })),
    blockBytes,
    load: dice.pick(['always', 'when-faster'] as const),
    minTokens: dice.pick([0, 0, 0, 0, 16, 200]),
  };
}
