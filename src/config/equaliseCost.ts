import { fleetUsdPerHour, poolUsdPerHour } from '../../sim/metrics/fleetPrice.js';
import type { EnginePoolSpec, Scenario } from '../../sim/run/scenario.js';
import type { Adjustment } from './loadedExperiment.js';

/**
 * Replica counts with which a fleet costs what another does: those of its adjustable pools, scaled, then
 * rounded so that the sum comes as near as whole replicas do. Empty: it already does, or whole replicas cannot.
 *
 * @param usdPerHour what it should cost
 * @param within share of that by which it may differ
 * @param adjust pools that may change; undefined: all engine pools
 */
export function equaliseCost(
  scenario: Scenario,
  usdPerHour: number,
  within: number,
  adjust: readonly string[] | undefined,
): readonly Adjustment[] {
  const total = fleetUsdPerHour(scenario);
  if (total === undefined || isNear(total, usdPerHour, within)) return [];
  const pools = scenario.pools.flatMap((pool) => (isAdjustable(pool, adjust) ? [pool] : []));
  const adjustable = pools.reduce((sum, pool) => sum + poolUsdPerHour(pool)!, 0);
  const left = usdPerHour - (total - adjustable);
  if (adjustable === 0 || left <= 0) return [];
  const counts = scaledCounts(pools, left / adjustable, left);
  const cost = pools.reduce((sum, pool) => sum + counts.get(pool)! * pool.usdPerReplicaHour!, 0);
  if (!isNear(total - adjustable + cost, usdPerHour, within)) return [];
  return pools
    .map((pool) => ({ pool: pool.name, from: pool.replicas, to: counts.get(pool)! }))
    .filter(({ from, to }) => from !== to);
}

/** Whether a figure is within a share of another. */
export function isNear(figure: number, target: number, within: number): boolean {
  return Math.abs(figure - target) <= within * target;
}

function isAdjustable(
  pool: Scenario['pools'][number],
  adjust: readonly string[] | undefined,
): pool is EnginePoolSpec {
  if (pool.kind !== 'engine' || !(adjust?.includes(pool.name) ?? true)) return false;
  return (pool.usdPerReplicaHour ?? 0) > 0;
}

/** Whole replicas: all scaled and rounded down, then filled up from the dearest pool to the cheapest. */
function scaledCounts(
  pools: readonly EnginePoolSpec[],
  factor: number,
  usdPerHour: number,
): Map<EnginePoolSpec, number> {
  const counts = new Map(
    pools.map((pool) => [pool, Math.max(1, Math.floor(pool.replicas * factor))]),
  );
  const dearestFirst = [...pools].sort((a, b) => b.usdPerReplicaHour! - a.usdPerReplicaHour!);
  let left =
    usdPerHour - pools.reduce((sum, pool) => sum + counts.get(pool)! * pool.usdPerReplicaHour!, 0);
  for (const [position, pool] of dearestFirst.entries()) {
    const price = pool.usdPerReplicaHour!;
    const isLast = position === dearestFirst.length - 1;
    const wanted = isLast ? Math.round(left / price) : Math.floor(left / price);
    const before = counts.get(pool)!;
    const after = Math.max(1, before + (isLast ? wanted : Math.max(0, Math.min(1, wanted))));
    counts.set(pool, after);
    left -= (after - before) * price;
  }
  return counts;
}
