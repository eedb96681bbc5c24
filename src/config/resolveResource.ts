import type { ResourceSpec } from '../../sim/agents/resourceSpec.js';
import { checkHeavyTail } from './checkHeavyTail.js';
import type { PoolInfo } from './loadedExperiment.js';
import type { Loading } from './loading.js';
import type { ResourcePool } from './poolSchema.js';
import type { PriceBasis } from './priceSchema.js';
import type { ResolvedHardware } from './resolveHardwareProfile.js';
import { hostOf, machinePrice } from './resolveMachines.js';

/** A pool of something beside the engines; undefined when it cannot be built, which is reported. */
export function resolveResource(
  name: string,
  pool: ResourcePool,
  usualBasis: PriceBasis,
  loading: Loading,
): { readonly spec: ResourceSpec; readonly info: PoolInfo } | undefined {
  const hardware = hostOf(name, pool, loading);
  if (pool.hardware !== undefined && hardware === undefined) return undefined;
  if (hardware?.kind === 'accelerator' && pool.kind !== 'model')
    return loading.report({
      code: 'E_REF',
      message: `${hardware.accelerator.name} is an accelerator; a pool of ${pool.kind} runs on hosts`,
      path: ['fleet', name, 'hardware'],
    });
  const slots = slotsOf(name, pool, hardware, loading);
  if (slots === undefined) return undefined;
  // A price without hardware is one per server, but sandboxes always have hosts.
  const { usdPerHour, info } = machinePrice(name, pool, slots, hardware, usualBasis, loading);
  const maxWaiting = pool.maxWaiting ?? Number.POSITIVE_INFINITY;
  const { patience } = pool;
  const base = { name, slots, maxWaiting, usdPerHour, ...(patience && { patienceMs: patience }) };
  return {
    spec: specOf(name, pool, base, loading),
    info: {
      name,
      kind: pool.kind,
      model: undefined,
      acceleratorsPerUnit: undefined,
      precision: undefined,
      confidence: undefined,
      ...info,
    },
  };
}

function slotsOf(
  name: string,
  pool: ResourcePool,
  hardware: ResolvedHardware | undefined,
  { report }: Loading,
): number | undefined {
  if (pool.kind === 'store') return pool.connections;
  if (pool.kind !== 'sandboxes') return pool.servers;
  const perHost = pool.slots ?? (hardware?.kind === 'host' ? hardware.host.cores : undefined);
  if (perHost !== undefined) return pool.hosts * perHost;
  return report({
    code: 'E_REQUIRED',
    message: 'missing "slots": how many sandboxes a host holds',
    path: ['fleet', name],
    atKey: true,
    hint: 'Add slots, or the hardware whose cores are counted',
  });
}

function specOf(
  name: string,
  pool: ResourcePool,
  base: Pick<ResourceSpec, 'name' | 'slots' | 'maxWaiting' | 'usdPerHour' | 'patienceMs'>,
  { warn }: Loading,
): ResourceSpec {
  if (pool.kind === 'model') {
    const { fixed, perUnit } = pool;
    return { ...base, kind: 'model', fixedMs: fixed, msPerUnit: perUnit };
  }
  if (pool.kind !== 'sandboxes') return { ...base, kind: pool.kind };
  checkHeavyTail(pool.start, ['fleet', name, 'start'], warn);
  return {
    ...base,
    kind: 'sandboxes',
    createMs: pool.start,
    warmStartMs: pool.warmStart,
    warmTarget: pool.warm,
    createIntervalMs: pool.createRate === undefined ? 0 : 1 / pool.createRate,
  };
}
