import type { PoolInfo } from './loadedExperiment.js';
import type { Loading } from './loading.js';
import { openHardware } from './openProfile.js';
import type { Price, PriceBasis } from './priceSchema.js';
import type { ResolvedHardware } from './resolveHardwareProfile.js';
import { type ResolvedPrice, resolvePrice } from './resolvePrice.js';

/** What a pool of servers runs on, as its file says it. */
interface WrittenMachines {
  readonly hardware?: string | undefined;
  readonly hosts?: number | undefined;
  readonly price?: Price | undefined;
}

/** The hardware under a pool of servers; undefined: the pool does not say. */
export function hostOf(
  name: string,
  { hardware: written }: WrittenMachines,
  loading: Loading,
): ResolvedHardware | undefined {
  return written === undefined
    ? undefined
    : openHardware(loading, written, ['fleet', name, 'hardware']);
}

/** The price of a pool of servers. */
export interface MachinePrice {
  /** Of the whole pool; undefined: no price is known. */
  readonly usdPerHour: number | undefined;
  readonly info: Pick<
    PoolInfo,
    'hardware' | 'usdPerUnitHour' | 'priceBasis' | 'priceAssumption' | 'priceTerm' | 'units'
  >;
}

/**
 * What the machines under a pool cost: so many hosts, by default one core per server, or one accelerator;
 * without hosts, a price per server.
 *
 * @param servers Infinity: no limit
 */
export function machinePrice(
  name: string,
  written: WrittenMachines,
  servers: number,
  hardware: ResolvedHardware | undefined,
  usualBasis: PriceBasis,
  loading: Loading,
): MachinePrice {
  const path = ['fleet', name, 'price'];
  const price = resolvePrice(path, written.price, hardware, usualBasis, loading);
  const machines = written.hosts ?? hostsFor(servers, hardware);
  const paid = machines ?? (Number.isFinite(servers) ? servers : undefined);
  const usdPerHour =
    paid === undefined || price.usdPerHour === undefined ? undefined : paid * price.usdPerHour;
  return { usdPerHour, info: infoOf(price, usdPerHour, servers, hardware) };
}

function hostsFor(servers: number, hardware: ResolvedHardware | undefined): number | undefined {
  if (hardware === undefined) return undefined;
  if (!Number.isFinite(servers)) return 1;
  return hardware.kind === 'host' ? Math.ceil(servers / hardware.host.cores) : servers;
}

function infoOf(
  { usdPerHour: perMachine, basis, assumption, term }: ResolvedPrice,
  usdPerHour: number | undefined,
  units: number,
  hardware: ResolvedHardware | undefined,
): MachinePrice['info'] {
  const isLimited = Number.isFinite(units);
  return {
    units,
    hardware:
      hardware && (hardware.kind === 'host' ? hardware.host.name : hardware.accelerator.name),
    usdPerUnitHour:
      usdPerHour === undefined ? undefined : isLimited ? usdPerHour / units : perMachine,
    priceBasis: basis,
    ...(assumption === undefined ? {} : { priceAssumption: assumption }),
    ...(term === undefined ? {} : { priceTerm: term }),
  };
}
