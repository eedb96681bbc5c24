import type { Accelerator, PeakFlops, ScaleUpLink } from '../../sim/hardware/accelerator.js';
import { precisions } from '../../sim/hardware/deployment.js';
import type { Host } from '../../sim/hardware/host.js';
import type { AcceleratorProfile, HardwareProfile } from './hardwareProfileSchema.js';
import { type PriceBasis, priceBases } from './priceSchema.js';
import { resolveCalibration, resolveCostProfile } from './resolveCostProfile.js';

/** What a hardware profile describes, as the simulator takes it, and what a unit of it costs. */
export type ResolvedHardware =
  | {
      readonly kind: 'accelerator';
      readonly accelerator: Accelerator;
      readonly prices: Prices;
      readonly priceTerms: PriceTerms;
      readonly tiers: readonly ProfileTier[];
    }
  | {
      readonly kind: 'host';
      readonly host: Host;
      readonly prices: Prices;
      readonly priceTerms: PriceTerms;
    };

/** A memory tier below the first, per accelerator that uses it. */
export interface ProfileTier {
  readonly name: string;
  readonly capacityBytes: number;
  /** One way; undefined where nothing is published. */
  readonly bytesPerSec: number | undefined;
  readonly latencyMs: number;
  readonly scope: 'replica' | 'host' | 'pool';
}

/** USD per hour of one accelerator, wafer, chip or server. A missing basis has no market price. */
export type Prices = Readonly<Partial<Record<PriceBasis, number>>>;

/** How long those are rented for, where the profile says it. */
export type PriceTerms = Readonly<Partial<Record<PriceBasis, string>>>;

export function resolveHardwareProfile(profile: HardwareProfile): ResolvedHardware {
  const prices = pricesOf(profile);
  const priceTerms = priceTermsOf(profile);
  if (isAccelerator(profile)) {
    const tiers = tiersOf(profile);
    return { kind: 'accelerator', accelerator: acceleratorOf(profile), prices, priceTerms, tiers };
  }
  const { name, cores, memory } = profile;
  const host: Host = {
    name,
    cores: cores.value,
    memoryBytes: memory.value,
    power: powerOf(profile),
  };
  return { kind: 'host', host, prices, priceTerms };
}

function isAccelerator(profile: HardwareProfile): profile is AcceleratorProfile {
  return profile.class !== 'host';
}

function acceleratorOf(profile: AcceleratorProfile): Accelerator {
  const { links } = profile;
  return {
    name: profile.name,
    memoryBytes: profile.memory.value,
    reservedBytes: profile.reserved?.value ?? 0,
    memoryBytesPerSec: profile.bandwidth.value,
    peakFlops: peakFlopsOf(profile),
    scaleUp: scaleUpOf(links?.scaleUp),
    hostBytesPerSec: links?.host?.value,
    scaleOutBytesPerSec: links?.scaleOut?.value,
    ...(profile.kvFormat === undefined ? {} : { kvFormat: profile.kvFormat.value }),
    power: powerOf(profile),
    cost: resolveCostProfile(profile.cost),
    calibration: resolveCalibration(profile.cost),
  };
}

function tiersOf({ tiers }: AcceleratorProfile): ProfileTier[] {
  return [...(tiers ?? [])].map(([name, tier]) => ({
    name,
    capacityBytes: tier.capacity,
    bytesPerSec: tier.bandwidth,
    latencyMs: tier.latency ?? 0,
    scope: tier.scope ?? 'replica',
  }));
}

function peakFlopsOf({ compute }: AcceleratorProfile): PeakFlops {
  const found = precisions.flatMap((precision): [string, number][] => {
    const rate = compute[precision];
    return rate === undefined ? [] : [[precision, rate.value]];
  });
  return { ...Object.fromEntries(found), bf16: compute.bf16.value };
}

function scaleUpOf(
  link: NonNullable<AcceleratorProfile['links']>['scaleUp'],
): ScaleUpLink | undefined {
  if (link === undefined) return undefined;
  const { message, groups } = link.allReduce ?? { message: [], groups: [] };
  return {
    ...(link.type === undefined ? {} : { type: link.type.value }),
    domain: link.domain.value,
    bytesPerSec: link.bandwidth.value,
    latencyMs: link.latency.value,
    allReduce: groups.map(({ accelerators, times }) => ({
      accelerators,
      messageBytes: message,
      timesMs: times,
    })),
  };
}

function powerOf({ power }: HardwareProfile): Accelerator['power'] {
  return { idleWatts: power.idle.value, busyWatts: power.busy.value };
}

function pricesOf({ prices }: HardwareProfile): Prices {
  const found = priceBases.flatMap((basis): [string, number][] => {
    const price = prices[basis];
    return price === undefined ? [] : [[basis, price.value]];
  });
  return Object.fromEntries(found);
}

function priceTermsOf({ prices }: HardwareProfile): PriceTerms {
  const found = priceBases.flatMap((basis): [string, string][] => {
    const term = prices[basis]?.term;
    return term === undefined ? [] : [[basis, term]];
  });
  return Object.fromEntries(found);
}
