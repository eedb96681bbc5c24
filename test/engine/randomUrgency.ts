import type { TimeGrid } from '../../sim/kernel/timeGrid.js';
import type { Dice } from './dice.js';
import type { WorldTask } from './world.js';
import type { WorldStyle } from './worldStyle.js';

/** Says how urgent a task is. Few different values, so that ties are common. */
export function addRandomUrgency(
  dice: Dice,
  task: WorldTask,
  style: WorldStyle,
  grid: TimeGrid,
): void {
  if (dice.chance(0.1)) return;
  task.urgency = {
    priority: dice.int(0, 2),
    deadlineMs: dice.chance(0.1)
      ? Number.POSITIVE_INFINITY
      : grid.round(dice.pick([0, 1, 3, 10]) * style.gapMs),
    attainedTokens: dice.pick([0, 0, 10, 100, dice.int(0, 1000)]),
  };
}
