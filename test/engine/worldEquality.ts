import { compareResults } from './compareResults.js';
import { Dice } from './dice.js';
import type { RandomWorld } from './randomWorld.js';
import type { World, WorldResult } from './world.js';

/** The fast engine as the tests drive it; `maxJump` bounds the iterations of one jump. */
export type FastEngine = (world: World, options?: { maxJump?: number }) => WorldResult;

/**
 * Runs the fast engine with full jumps, iteration by iteration, and with a random bound on jumps. The
 * message says what differs from the reference first, and how to replay the world.
 */
export function findMismatch(random: RandomWorld, runFast: FastEngine): string | undefined {
  const { seed, world, reference } = random;
  const variants = [
    { name: 'full jumps', options: {} },
    { name: 'jumps of 1', options: { maxJump: 1 } },
    ...[new Dice(-1 - seed).int(2, 40)].map((maxJump) => ({
      name: `jumps up to ${maxJump}`,
      options: { maxJump },
    })),
  ];
  for (const { name, options } of variants) {
    const difference = differenceOrError(() => compareResults(reference, runFast(world, options)));
    if (difference !== undefined)
      return `world ${seed}, ${name}: ${difference}\nreplay: npx tsx test/engine/longWorlds.ts --world ${seed}`;
  }
  return undefined;
}

function differenceOrError(compare: () => string | undefined): string | undefined {
  try {
    return compare();
  } catch (error) {
    return `throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}
