import type { EnginePoolSpec } from '../../sim/run/scenario.js';
import type { Loading } from './loading.js';
import type { ResolvedFleet } from './resolvePools.js';

/** Routers that send a call to where its context is, or would be. */
const followingPolicies = ['session-affinity', 'prefix-aware', 'weighted'] as const;

/** Reports hints that are of no use: a hint has to be ahead of its call, and to lead to where that goes. */
export function checkPrefetch(
  { pools, gateway }: Pick<ResolvedFleet, 'pools' | 'gateway'>,
  hasSessions: boolean,
  { report, ofMix }: Loading,
): void {
  for (const pool of pools) {
    if (pool.kind !== 'engine' || pool.tiering?.prefetch !== 'tool-return') continue;
    const path = ['fleet', pool.name, 'load', 'prefetch'];
    for (const message of problemsOf(pool, gateway !== undefined, hasSessions))
      report({ code: 'E_VALUE', message: ofMix(message), path, hint: 'Load at arrival' });
  }
}

function problemsOf(
  { handOver, replicas, router }: EnginePoolSpec,
  hasGateway: boolean,
  hasSessions: boolean,
): string[] {
  const follows = followingPolicies.some((policy) => policy === router.policy);
  return [
    ...(handOver ? ['calls that are handed over send no hints'] : []),
    ...(hasGateway ? [] : ['without a gateway a call is as fast as its hint']),
    ...(hasSessions ? [] : ['only the calls of sessions come after something that returns']),
    ...(replicas > 1 && !follows
      ? [`${router.policy} does not send a call to where its context was loaded`]
      : []),
  ];
}
