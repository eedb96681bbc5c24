import { portableExp } from '../kernel/portableExp.js';
import type { PlacementPolicy } from './placementRule.js';
import type { StepEstimate } from './stepEstimate.js';

/** How good a pool is by a policy: the lower rank first, then the lower score. */
export interface PoolScore {
  readonly rank: 0 | 1;
  readonly score: number;
}

/**
 * Scores a pool by what a call is expected to take and to cost there.
 *
 * `fastest`: time = queue + prefill + decode. `cheapest-that-meets`: USD among pools whose time is at most the target;
 * where none is, the fastest. `cost-per-flow`: USD / (1 − e^(−target / time)), the cost of a call per call that is
 * done within the target, if times were exponential around the estimate.
 */
export function scorePool(
  policy: PlacementPolicy,
  targetMs: number,
  { queueMs, prefillMs, decodeMs, usd }: StepEstimate,
): PoolScore {
  const timeMs = queueMs + prefillMs + decodeMs;
  switch (policy) {
    case 'fastest':
      return { rank: 0, score: timeMs };
    case 'cheapest-that-meets':
      return timeMs <= targetMs ? { rank: 0, score: usd } : { rank: 1, score: timeMs };
    case 'cost-per-flow':
      return { rank: 0, score: usd / (1 - portableExp(-targetMs / timeMs)) };
  }
}

/** Is `a` better than `b`? Equals are not. */
export function isBetter(a: PoolScore, b: PoolScore): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.score < b.score);
}
