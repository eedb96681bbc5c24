import type { PlacementRule } from '../../sim/fleet/placementRule.js';
import { poolUsdPerHour } from '../../sim/metrics/fleetPrice.js';
import type { PoolSpec } from '../../sim/run/scenario.js';
import type { Loading } from './loading.js';

/** A policy that weighs prices needs one of every pool that it may choose. */
export function checkPolicyPrices(
  pools: readonly PoolSpec[],
  rules: readonly PlacementRule[],
  { report, ofMix }: Loading,
): void {
  for (const [index, { policy, prefer, when }] of rules.entries()) {
    if (policy === undefined || policy === 'fastest') continue;
    const { role } = when;
    const priceless = pools.find(
      (pool) =>
        (prefer.length === 0 || prefer.includes(pool.name)) &&
        (role === undefined || pool.serves.includes(role)) &&
        poolUsdPerHour(pool) === undefined,
    );
    if (priceless === undefined) continue;
    report({
      code: 'E_REQUIRED',
      message: ofMix(`${policy} compares prices, and ${priceless.name} has none`),
      path: ['placement', index, 'policy'],
      hint: `Give the pool one, such as price: 3.20 USD/h, or leave it out: prefer: [...]`,
    });
  }
}
