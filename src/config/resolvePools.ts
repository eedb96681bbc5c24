import type { ResourceSpec } from '../../sim/agents/resourceSpec.js';
import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import type { GatewaySpec, PoolSpec, StationPoolSpec } from '../../sim/run/scenario.js';
import { admissionSpec } from './admissionSchema.js';
import { byName } from './byName.js';
import { checkHeavyTail } from './checkHeavyTail.js';
import type { PoolInfo } from './loadedExperiment.js';
import type { Loading } from './loading.js';
import type { Pool, StationPool } from './poolSchema.js';
import type { PriceBasis } from './priceSchema.js';
import type { Sections } from './readSections.js';
import { resolveEnginePool } from './resolveEnginePool.js';
import { resolveGateway } from './resolveGateway.js';
import { machinePrice } from './resolveMachines.js';
import { resolveResource } from './resolveResource.js';

/** The pools of an experiment and its gateway, with what is printed about them. */
export interface ResolvedFleet {
  /** Sorted by name. */
  readonly pools: readonly PoolSpec[];
  readonly gateway: GatewaySpec | undefined;
  /** Sorted by name. */
  readonly resources: readonly ResourceSpec[];
  readonly infos: readonly PoolInfo[];
  /** False: a pool could not be resolved, so what the fleet lacks is no mistake of its own. */
  readonly isComplete: boolean;
}

type Resolved =
  | { readonly kind: 'pool'; readonly spec: PoolSpec; readonly info: PoolInfo }
  | { readonly kind: 'gateway'; readonly spec: GatewaySpec; readonly info: PoolInfo }
  | { readonly kind: 'resource'; readonly spec: ResourceSpec; readonly info: PoolInfo };

/** @param models the model that plays each role; roles whose model is broken are missing. */
export function resolvePools(
  sections: Sections,
  models: ReadonlyMap<string, ModelArchitecture>,
  loading: Loading,
): ResolvedFleet {
  const entries = [...sections.fleet.values].sort(byName);
  const resolved = entries.flatMap(([name, pool]) => {
    const found = resolvePool(name, pool, sections, models, loading);
    return found === undefined ? [] : [found];
  });
  const gateways = resolved.flatMap((each) => (each.kind === 'gateway' ? [each.spec] : []));
  const [gateway, ...others] = gateways;
  for (const { name } of others) {
    const message = `a fleet has at most one gateway, and ${gateway!.name} is one`;
    loading.report({ code: 'E_LIMIT', message, path: ['fleet', name], atKey: true });
  }
  return {
    pools: resolved.flatMap((each) => (each.kind === 'pool' ? [each.spec] : [])),
    gateway,
    resources: resolved.flatMap((each) => (each.kind === 'resource' ? [each.spec] : [])),
    infos: resolved.map(({ info }) => info),
    isComplete: resolved.length > 0 && resolved.length === sections.fleet.names.size,
  };
}

function resolvePool(
  name: string,
  pool: Pool,
  sections: Sections,
  models: ReadonlyMap<string, ModelArchitecture>,
  loading: Loading,
): Resolved | undefined {
  const usualBasis = sections.run.prices ?? 'on-demand';
  if (pool.kind === 'gateway') {
    const found = resolveGateway(name, pool, usualBasis, loading);
    return found && { kind: 'gateway', ...found };
  }
  if (pool.kind === 'station') return { kind: 'pool', ...station(name, pool, usualBasis, loading) };
  if (pool.kind === 'engine') {
    const found = resolveEnginePool(name, pool, sections, models, loading);
    return found && { kind: 'pool', ...found };
  }
  const found = resolveResource(name, pool, usualBasis, loading);
  return found && { kind: 'resource', ...found };
}

function station(
  name: string,
  pool: StationPool,
  usualBasis: PriceBasis,
  loading: Loading,
): { readonly spec: StationPoolSpec; readonly info: PoolInfo } {
  const { serves, discipline, servers, service, setup, patience, price } = pool;
  checkHeavyTail(service, ['fleet', name, 'service'], loading.warn);
  if (setup) checkHeavyTail(setup, ['fleet', name, 'setup'], loading.warn);
  const { info } = machinePrice(name, { price }, servers, undefined, usualBasis, loading);
  return {
    spec: {
      kind: 'station',
      name,
      serves: [...serves].sort(),
      discipline,
      servers,
      serviceMs: service,
      ...(setup && { setUpMs: setup }),
      ...(patience && { patienceMs: patience }),
      maxWaiting: pool.maxWaiting ?? Number.POSITIVE_INFINITY,
      ...admissionSpec(pool.admission),
      usdPerServerHour: info.usdPerUnitHour,
    },
    info: {
      name,
      kind: 'station',
      model: undefined,
      acceleratorsPerUnit: undefined,
      precision: undefined,
      confidence: undefined,
      ...info,
    },
  };
}
