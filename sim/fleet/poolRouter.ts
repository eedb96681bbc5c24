import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import type { Replica } from '../engine/replica.js';
import { ApproximateIndex } from './approximateIndex.js';
import { bestCachedReplica } from './bestCachedReplica.js';
import { buildRouter } from './buildRouter.js';
import { exactIndex } from './exactIndex.js';
import type { LoadTree } from './loadTree.js';
import type { PrefixIndex } from './prefixIndex.js';
import { ReportedLoads } from './reportedLoads.js';
import type { RoutedRequest, Router, RouterView } from './router.js';
import type { RouterSpec } from './routerSpec.js';
import { weightedRouter } from './weightedRouter.js';

/** The router of a pool with what it knows of the replicas. */
export interface PoolRouter {
  readonly route: Router;
  /** Where a request would probably go now, without sending it: by its prefix or its load, as the policy looks at. */
  readonly likely: Router;
  /** A context was put into the cache of a replica without a request. */
  readonly notePreloaded: (request: RoutedRequest, replica: number) => void;
}

/** Builds the router of a pool over its live loads. */
export function poolRouter(
  spec: RouterSpec,
  store: PrefixCacheStore,
  replicas: readonly Replica[],
  live: { readonly requests: LoadTree; readonly tokens: LoadTree },
  blockTokens: number,
): PoolRouter {
  const { weights, stalenessMs = 0, indexTokens } = spec;
  const readsEngines = weights !== undefined && (weights.queue > 0 || weights.kv > 0);
  const loads = new ReportedLoads(live, replicas, { stalenessMs, readsEngines });
  const approximate =
    indexTokens === undefined
      ? undefined
      : new ApproximateIndex(store.streams, replicas.length, blockTokens, indexTokens);
  const bestCached = approximate
    ? bestOf(approximate, loads.requests, replicas.length)
    : bestCachedReplica(store, replicas, loads.requests, blockTokens);
  const choose = weights
    ? weightedRouter(
        weights,
        replicas.length,
        loads,
        approximate ?? exactIndex(store, replicas, blockTokens),
        blockTokens,
      )
    : buildRouter(spec, {
        replicas: replicas.length,
        requests: loads.requests,
        tokens: loads.tokens,
        bestCached,
      });
  const isPlain = stalenessMs === 0 && !readsEngines && approximate === undefined;
  return {
    likely: (request, timeMs) => {
      if (!looksAtPrefixes(spec.policy)) return live.requests.least;
      const cached = bestCached(request, timeMs, spec.slack);
      return cached >= 0 ? cached : live.requests.least;
    },
    notePreloaded: (request, replica) => approximate?.noteRouted(request, replica),
    route: isPlain
      ? choose
      : (request, timeMs) => {
          loads.refresh(timeMs);
          const chosen = choose(request, timeMs);
          approximate?.noteRouted(request, chosen);
          return chosen;
        },
  };
}

/** Sessions stay where they were: their contexts are there. */
function looksAtPrefixes(policy: RouterSpec['policy']): boolean {
  return policy === 'prefix-aware' || policy === 'weighted' || policy === 'session-affinity';
}

/** `RouterView.bestCached` by an index that knows the replicas one by one. */
function bestOf(
  index: PrefixIndex,
  requests: LoadTree,
  replicas: number,
): RouterView['bestCached'] {
  const blocks = new Int32Array(replicas);
  return (request, timeMs, slack) => {
    index.find(request, timeMs, blocks);
    let best = 0;
    for (let i = 1; i < replicas; i++) {
      const gain = blocks[i]! - blocks[best]!;
      if (gain > 0 || (gain === 0 && requests.loadOf(i) < requests.loadOf(best))) best = i;
    }
    if (blocks[best] === 0) return -1;
    return requests.loadOf(best) <= requests.loadOf(requests.least) + slack ? best : -1;
  };
}
