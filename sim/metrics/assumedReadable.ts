import type { Scenario } from '../run/scenario.js';

/** Pools that are taken to read the KV of another though nothing measured says so, a sentence each with the reason that the experiment gives. */
export function assumedReadable({ pools }: Pick<Scenario, 'pools'>): string[] {
  return pools.flatMap((pool) => {
    const { assumedReadable: because, to } = (pool.kind === 'engine' && pool.handOver) || {};
    return because === undefined
      ? []
      : [`${to} is assumed to read the KV of ${pool.name}: ${because}`];
  });
}
