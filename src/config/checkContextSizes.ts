import { acceptedTokens } from '../../sim/hardware/acceptedTokens.js';
import { planMemory } from '../../sim/hardware/memoryPlan.js';
import type { PoolSpec } from '../../sim/run/scenario.js';
import type { Loading } from './loading.js';
import type { ResolvedPopulation } from './resolvePopulations.js';

/** Warns of populations whose requests are longer than any pool that serves them can hold at once. */
export function checkContextSizes(
  populations: readonly ResolvedPopulation[],
  pools: readonly PoolSpec[],
  { warn, ofMix }: Loading,
): void {
  for (const { spec, demands } of populations) {
    for (const { role, sharedTokens, freshTokens, outputTokens } of demands) {
      const serving = pools.filter((pool) => pool.serves.includes(role));
      const [limit] = serving.map(contextLimit).sort((a, b) => b.tokens - a.tokens);
      if (limit === undefined) continue;
      const beyond = `the ${limit.tokens} tokens that ${limit.why}`;
      const trace = recordedRequests(spec);
      if (trace !== undefined) {
        const tooLong = requestsAbove(trace, limit.tokens);
        const message = ofMix(
          `${tooLong} of ${trace.count} requests exceed ${beyond}: they never fit`,
        );
        const path = ['populations', spec.name, 'replay', 'trace'];
        if (tooLong > 0) warn({ code: 'W_WINDOW', message, path });
        continue;
      }
      const mean = Math.round(sharedTokens + freshTokens + outputTokens);
      const message = `the mean context of ${mean} tokens exceeds ${beyond}: such requests never fit`;
      const path = ['populations', spec.name, 'workload'];
      if (Number.isFinite(mean) && mean > limit.tokens)
        warn({ code: 'W_WINDOW', message: ofMix(message), path });
    }
  }
}

/** Lengths of recorded calls; undefined for populations by laws. */
interface RecordedCalls {
  readonly count: number;
  readonly promptTokens: Int32Array;
  readonly outputTokens: Int32Array;
}

function recordedRequests(spec: ResolvedPopulation['spec']): RecordedCalls | undefined {
  if ('trace' in spec) return { ...spec.trace, count: spec.trace.callCount };
  return 'source' in spec && spec.source.kind === 'replay' ? spec.source.trace : undefined;
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

function requestsAbove(trace: RecordedCalls, tokens: number): number {
  let above = 0;
  for (let i = 0; i < trace.count; i++)
    if (trace.promptTokens[i]! + trace.outputTokens[i]! > tokens) above++;
  return above;
}
