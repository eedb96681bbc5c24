import { TurnEnd } from '../facts/turnTable.js';
import type { TurnSlice } from './turnSlice.js';

/**
 * The time of each task whose first turn was submitted in the window: to the yield of its last turn, humans
 * in between included; of a task that has not ended: to the end of the run. Failed tasks are left out.
 */
export function taskTimes({ run, agents, rows }: TurnSlice): Float64Array {
  const { turns } = agents;
  const measured = new Set(rows);
  /** By session: the task that was seen last. A session has its turns in order. */
  const openTasks = new Map<number, { readonly task: number; readonly fromMs: number }>();
  const times: number[] = [];
  for (let row = 0; row < turns.count; row++) {
    const session = turns.session[row]!;
    const task = turns.task[row]!;
    if (openTasks.get(session)?.task !== task) {
      // A task belongs to the window by its first turn.
      const isFirst = measured.has(row);
      openTasks.set(session, { task, fromMs: isFirst ? turns.submitMs[row]! : Number.NaN });
    }
    const { fromMs } = openTasks.get(session)!;
    const end = turns.end[row];
    if (end === TurnEnd.open || end === TurnEnd.asked) continue;
    if (!Number.isNaN(fromMs) && end !== TurnEnd.failed) times.push(turns.yieldMs[row]! - fromMs);
    openTasks.set(session, { task, fromMs: Number.NaN });
  }
  for (const { fromMs } of openTasks.values()) {
    if (!Number.isNaN(fromMs)) times.push(run.endMs - fromMs);
  }
  return Float64Array.from(times);
}
