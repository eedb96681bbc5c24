import { TurnEnd } from '../facts/turnTable.js';
import type { TurnSlice } from './turnSlice.js';

/** Turns that yielded and tasks that ended in the window of a slice. */
export function countTasks({ agents, facts, window }: TurnSlice) {
  const { turns } = agents;
  const count = { turns: 0, ended: 0, succeeded: 0 };
  for (let row = 0; row < turns.count; row++) {
    const end = turns.end[row];
    const yieldMs = turns.yieldMs[row]!;
    if (facts[turns.population[row]!] === undefined || end === TurnEnd.open) continue;
    if (yieldMs < window.fromMs || yieldMs > window.toMs) continue;
    count.turns++;
    if (end === TurnEnd.asked) continue;
    count.ended++;
    count.succeeded += turns.succeeded[row]!;
  }
  return count;
}
