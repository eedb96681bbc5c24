import { acceptedTokens } from '../../sim/hardware/acceptedTokens.js';
import { planMemory } from '../../sim/hardware/memoryPlan.js';
import type { PoolSpec } from '../../sim/run/scenario.js';
import type { Loading } from './loading.js';
import type { ResolvedPopulation } from './resolvePopulations.js';

/** Warns of populations whose requests are longer than any pool that serves them can hold at once. */
export function checkContextSizes(
  populations: readonly ResolvedPopulation[],
  pools: readonly PoolSpec[],
  { warn }: Loading,
): void {
  for (const { spec, demand } of populations) {
    const serving = pools.filter((pool) => pool.serves.includes(spec.role));
    const limits = serving.map(contextLimit).sort((a, b) => b.tokens - a.tokens);
    const [limit] = limits;
    if (limit === undefined) continue;
    const beyond = `the ${limit.tokens} tokens that ${limit.why}`;
    const { source } = spec;
    if (source.kind === 'replay') {
      const tooLong = requestsAbove(source.trace, limit.tokens);
      const message = `${tooLong} of ${source.trace.count} requests exceed ${beyond}: they never fit`;
      const path = ['populations', spec.name, 'replay', 'trace'];
      if (tooLong > 0) warn({ code: 'W_WINDOW', message, path });
      continue;
    }
    const mean = Math.round(demand.sharedTokens + demand.freshTokens + demand.outputTokens);
    const message = `the mean context of ${mean} tokens exceeds ${beyond}: such requests never fit`;
    const path = ['populations', spec.name, 'workload'];
    if (Number.isFinite(mean) && mean > limit.tokens) warn({ code: 'W_WINDOW', message, path });
  }
}

/** Tokens of the longest context that a pool takes, and what sets the limit. */
function contextLimit(pool: PoolSpec): { readonly tokens: number; readonly why: string } {
  if (pool.kind === 'station') return { tokens: Number.POSITIVE_INFINITY, why: 'nothing limits' };
  const { name } = pool.deployment.model;
  const accepted = acceptedTokens(pool.deployment);
  const { kvBlocks, blockTokens } = planMemory(pool.deployment, pool.engine.blockTokens);
  const kvTokens = kvBlocks * blockTokens;
  return accepted <= kvTokens
    ? { tokens: accepted, why: `${name} accepts` }
    : { tokens: kvTokens, why: `a replica of ${pool.name} has memory for` };
}

function requestsAbove(
  trace: {
    readonly count: number;
    readonly promptTokens: Int32Array;
    readonly outputTokens: Int32Array;
  },
  tokens: number,
): number {
  let above = 0;
  for (let i = 0; i < trace.count; i++)
    if (trace.promptTokens[i]! + trace.outputTokens[i]! > tokens) above++;
  return above;
}
