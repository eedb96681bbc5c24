import type { GapRetention } from '../../sim/engine/gapRetention.js';
import type { Dice } from './dice.js';
import { privateTasks } from './privateTasks.js';
import type { World } from './world.js';

/** Says of some tasks that a gap of known length follows in their context, true or not. Contexts that nobody shares have no next call. */
export function addRandomGaps(dice: Dice, world: World, gapMs: number): void {
  const isPrivate = privateTasks(world);
  world.tasks.forEach((task, index) => {
    if (isPrivate[index] || dice.chance(0.3)) return;
    task.gapMs = dice.chance(0.1) ? Number.POSITIVE_INFINITY : dice.spread(gapMs, 30);
  });
}

/** What becomes of contexts over gaps. */
export function randomGapRetention(dice: Dice, world: World, gapMs: number): GapRetention {
  const forMs = world.grid.round(Math.min(dice.spread(gapMs / 4, 16), 20_000));
  return dice.pick([{ kind: 'offload' }, { kind: 'cost-based' }, { kind: 'pin', forMs }]);
}
