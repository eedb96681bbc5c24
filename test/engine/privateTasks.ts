import type { World } from './world.js';

/** Tasks whose context nobody shares: alone on a root stream that nothing forks from. */
export function privateTasks({ streams, tasks }: World): boolean[] {
  const users = new Array<number>(streams.length).fill(0);
  for (const { stream } of tasks) users[stream]!++;
  for (const { parent } of streams) if (parent >= 0) users[parent]!++;
  return tasks.map(({ stream }) => streams[stream]!.parent < 0 && users[stream] === 1);
}
