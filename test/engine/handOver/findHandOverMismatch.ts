import { compareHandOvers, type HandOverResult, type HandOverWorld } from './handOverWorld.js';
import type { RandomHandOverWorld } from './randomHandOverWorld.js';

/** The fast engine as tests drive it in worlds of two pools. */
export type FastHandOver = (world: HandOverWorld, options?: { maxJump?: number }) => HandOverResult;

/** Runs the fast engine with full, single and short jumps; what differs from the reference first, and in which world. */
export function findHandOverMismatch(
  { seed, world, reference }: RandomHandOverWorld,
  run: FastHandOver,
): string | undefined {
  for (const options of [{}, { maxJump: 1 }, { maxJump: 7 }]) {
    const difference = differenceOrError(() => compareHandOvers(reference, run(world, options)));
    if (difference !== undefined)
      return `two-pool world ${seed}, ${JSON.stringify(options)}: ${difference}\nreplay: npx tsx test/engine/handOver/longHandOvers.ts --world ${seed}`;
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
