import { homeReplica } from './homeReplica.js';
import type { PrefixIndex } from './prefixIndex.js';
import type { ReportedLoads } from './reportedLoads.js';
import type { Router } from './router.js';
import type { RouterWeights } from './routerSpec.js';

/**
 * The replica with the highest score: the sum of its signals, each from 0 (worst) to 1 (best), times their
 * weights. Counts (requests, queue, tokens) go from 1 at the lowest to 0 at the highest of the replicas, and
 * are 1 everywhere when all are equal; prefix and KV are shares. Among replicas with equal scores the one with
 * the fewest requests is taken; where these are equal too, the replicas take turns. One look at every replica
 * per request.
 */
export function weightedRouter(
  weights: RouterWeights,
  replicas: number,
  loads: ReportedLoads,
  index: PrefixIndex,
  blockTokens: number,
): Router {
  const cachedBlocks = new Int32Array(replicas);
  const scores = new Float64Array(replicas);
  let turn = 0;
  return (request, timeMs) => {
    scores.fill(0);
    if (weights.prefix > 0) {
      index.find(request, timeMs, cachedBlocks);
      const perBlock = (weights.prefix * blockTokens) / request.promptTokens;
      for (let i = 0; i < replicas; i++) scores[i]! += perBlock * cachedBlocks[i]!;
    }
    if (weights.requests > 0) addCounts(scores, weights.requests, (i) => loads.requests.loadOf(i));
    if (weights.queue > 0) addCounts(scores, weights.queue, (i) => loads.waiting[i]!);
    if (weights.tokens > 0) addCounts(scores, weights.tokens, (i) => loads.tokens.loadOf(i));
    if (weights.kv > 0) {
      for (let i = 0; i < replicas; i++) scores[i]! += weights.kv * (1 - loads.kvUsed[i]!);
    }
    if (weights.session > 0) scores[homeReplica(request.affinityKey, replicas)]! += weights.session;
    let best = turn;
    for (let step = 1; step < replicas; step++) {
      const each = turn + step < replicas ? turn + step : turn + step - replicas;
      const gain = scores[each]! - scores[best]!;
      const isTied = gain === 0;
      if (gain > 0 || (isTied && loads.requests.loadOf(each) < loads.requests.loadOf(best))) {
        best = each;
      }
    }
    turn = best + 1 === replicas ? 0 : best + 1;
    return best;
  };
}

/** Adds a signal that is better the lower a count is. */
function addCounts(scores: Float64Array, weight: number, countOf: (index: number) => number): void {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (let i = 0; i < scores.length; i++) {
    const count = countOf(i);
    if (count < low) low = count;
    if (count > high) high = count;
  }
  const range = high - low;
  for (let i = 0; i < scores.length; i++) {
    scores[i]! += range === 0 ? weight : (weight * (high - countOf(i))) / range;
  }
}
