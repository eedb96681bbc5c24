import type { PoolSpec, Scenario } from '../run/scenario.js';

/** What a pool costs per hour, in USD; undefined without a price. */
export function poolUsdPerHour(pool: PoolSpec): number | undefined {
  return pool.kind === 'engine'
    ? times(pool.replicas, pool.usdPerReplicaHour)
    : times(pool.servers, pool.usdPerServerHour);
}

/** What the whole fleet costs per hour, in USD. Undefined while a pool has no price; a gateway or resource without one is free. */
export function fleetUsdPerHour(
  scenario: Pick<Scenario, 'pools' | 'gateway' | 'agents'>,
): number | undefined {
  let total = scenario.gateway?.usdPerHour ?? 0;
  for (const { usdPerHour } of scenario.agents?.resources ?? []) total += usdPerHour ?? 0;
  for (const pool of scenario.pools) {
    const usdPerHour = poolUsdPerHour(pool);
    if (usdPerHour === undefined) return undefined;
    total += usdPerHour;
  }
  return total;
}

function times(count: number, price: number | undefined): number | undefined {
  return price === undefined ? undefined : count * price;
}
