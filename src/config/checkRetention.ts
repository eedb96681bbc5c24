import type { Loading } from './loading.js';
import type { EnginePool } from './poolSchema.js';

/** Reports a retention over gaps that the pool cannot have. */
export function checkRetention(name: string, pool: EnginePool, { report }: Loading): void {
  const { retention, prefixCache } = pool.engine ?? {};
  const kind = retention?.overGaps?.kind;
  if (kind === undefined) return;
  const path = ['fleet', name, 'engine', 'retention'];
  if (prefixCache === false)
    report({ code: 'E_VALUE', message: `${kind} is about caches, but prefixCache is off`, path });
  if (kind === 'offload' && pool.tiers === undefined)
    report({
      code: 'E_VALUE',
      message: 'contexts can only be offloaded to tiers, and this pool has none',
      path,
      hint: 'Name them: tiers: [dram]',
    });
  if (pool.handOver !== undefined || pool.prefill === 'none')
    report({
      code: 'E_VALUE',
      message: `${kind} does nothing for calls that are handed over between pools`,
      path,
    });
}
