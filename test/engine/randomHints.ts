import type { Dice } from './dice.js';
import type { World } from './world.js';

/** Says of most tasks that they will come, a while before they do; and of some too that they will not, which is not true. */
export function addRandomHints(dice: Dice, { tasks, grid }: World, gapMs: number): void {
  for (const task of tasks) {
    if (dice.chance(0.2)) continue;
    const leadMs = grid.round(Math.min(dice.spread(gapMs / 4, 16), 20_000));
    const takenBack = dice.chance(0.15);
    const forgetAfterMs = grid.round(leadMs * dice.uniform() * 1.5);
    task.hint = { leadMs, ...(takenBack ? { forgetAfterMs } : {}) };
  }
}
