import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import type { GatewaySpec, PoolSpec, StationPoolSpec } from '../../sim/run/scenario.js';
import { byName } from './byName.js';
import { checkHeavyTail } from './checkHeavyTail.js';
import type { PoolInfo } from './loadedExperiment.js';
import type { Loading } from './loading.js';
import type { GatewayPool, StationPool } from './poolSchema.js';
import type { Price } from './priceSchema.js';
import type { Sections } from './readSections.js';
import { resolveEnginePool } from './resolveEnginePool.js';

/** The pools of an experiment and its gateway, with what is printed about them. */
export interface ResolvedFleet {
  /** Sorted by name. */
  readonly pools: readonly PoolSpec[];
  readonly gateway: GatewaySpec | undefined;
  readonly infos: readonly PoolInfo[];
  /** False: a pool could not be resolved, so what the fleet lacks is no mistake of its own. */
  readonly isComplete: boolean;
}

/** @param models the model that plays each role; roles whose model is broken are missing. */
export function resolvePools(
  sections: Sections,
  models: ReadonlyMap<string, ModelArchitecture>,
  loading: Loading,
): ResolvedFleet {
  const pools: PoolSpec[] = [];
  const infos: PoolInfo[] = [];
  let gateway: GatewaySpec | undefined;
  for (const [name, pool] of [...sections.fleet.values].sort(byName)) {
    if (pool.kind === 'gateway') {
      if (gateway !== undefined) reportSecondGateway(name, gateway.name, loading);
      gateway ??= gatewaySpec(name, pool);
      infos.push(serverInfo(gateway.name, 'gateway', gateway.servers, pool.price));
    } else if (pool.kind === 'station') {
      checkHeavyTail(pool.service, ['fleet', name, 'service'], loading.warn);
      pools.push(stationSpec(name, pool));
      infos.push(serverInfo(name, 'station', pool.servers, pool.price));
    } else {
      const resolved = resolveEnginePool(name, pool, sections, models, loading);
      if (resolved === undefined) continue;
      pools.push(resolved.spec);
      infos.push(resolved.info);
    }
  }
  return {
    pools,
    gateway,
    infos,
    isComplete: infos.length > 0 && infos.length === sections.fleet.names.size,
  };
}

function reportSecondGateway(name: string, first: string, { report }: Loading): void {
  const message = `a fleet has at most one gateway, and ${first} is one`;
  report({ code: 'E_LIMIT', message, path: ['fleet', name], atKey: true });
}

function gatewaySpec(name: string, gateway: GatewayPool): GatewaySpec {
  const none = { kind: 'constant', value: 0 } as const;
  const servers = gateway.servers ?? Number.POSITIVE_INFINITY;
  const usdPerServerHour = usdPerServer(gateway.price);
  return {
    name,
    servers,
    serviceMs: gateway.service ?? none,
    perThousandTokensMs: gateway.perThousandTokens ?? 0,
    overheadMs: gateway.overhead ?? none,
    maxWaiting: gateway.maxWaiting ?? Number.POSITIVE_INFINITY,
    usdPerHour:
      usdPerServerHour === undefined || servers === Number.POSITIVE_INFINITY
        ? undefined
        : servers * usdPerServerHour,
  };
}

function stationSpec(name: string, station: StationPool): StationPoolSpec {
  return {
    kind: 'station',
    name,
    serves: [...station.serves].sort(),
    discipline: station.discipline,
    servers: station.servers,
    serviceMs: station.service,
    maxWaiting: station.maxWaiting ?? Number.POSITIVE_INFINITY,
    usdPerServerHour: usdPerServer(station.price),
  };
}

function usdPerServer(price: Price | undefined): number | undefined {
  return price?.kind === 'written' ? price.usdPerHour : undefined;
}

function serverInfo(
  name: string,
  kind: 'gateway' | 'station',
  servers: number,
  price: Price | undefined,
): PoolInfo {
  return {
    name,
    kind,
    units: servers,
    hardware: undefined,
    model: undefined,
    acceleratorsPerUnit: undefined,
    precision: undefined,
    usdPerUnitHour: usdPerServer(price),
    priceBasis: price?.kind === 'written' ? 'as written' : 'no price',
    confidence: undefined,
  };
}
