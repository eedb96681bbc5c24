import type { TieringOptions, TierOptions } from '../../sim/fleet/tierOptions.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import { modelShare } from '../../sim/hardware/modelShare.js';
import type { Loading } from './loading.js';
import { suggestion } from './nearestName.js';
import type { EnginePool } from './poolSchema.js';
import type { ProfileTier } from './resolveHardwareProfile.js';
import { tierLoadSchema, type WrittenTier } from './tierSchema.js';

/** Accelerators of a host where the profile links none. */
const usualHost = 8;

/** The memory tiers of a pool; undefined when it has none, or they cannot be built, which is reported. */
export function resolveTiers(
  name: string,
  pool: EnginePool,
  deployment: Deployment,
  profileTiers: readonly ProfileTier[],
  loading: Loading,
): TieringOptions | undefined {
  const path = ['fleet', name];
  const written = pool.tiers;
  if (written === undefined) {
    if (pool.load !== undefined)
      loading.report({
        code: 'E_KEY',
        message: 'nothing is loaded without tiers',
        path: [...path, 'load'],
        atKey: true,
      });
    return undefined;
  }
  if (pool.engine?.prefixCache === false)
    loading.report({
      code: 'E_VALUE',
      message: 'tiers keep prefixes, but prefixCache is off',
      path: [...path, 'engine', 'prefixCache'],
    });
  const { model, weightPrecision, kvPrecision } = deployment;
  // Each byte once, however many accelerators hold a copy.
  const { kvBytesPerToken } = modelShare(model, 1, weightPrecision, kvPrecision, 'tensor');
  const blockBytes = kvBytesPerToken * (pool.engine?.blockTokens ?? 16);
  const seen = new Set<string>();
  const tiers = written.flatMap((tier, index): TierOptions[] => {
    const tierPath = [...path, 'tiers', index];
    if (seen.has(tier.name))
      loading.report({ code: 'E_DUP_ID', message: `${tier.name} is named twice`, path: tierPath });
    seen.add(tier.name);
    if (index === 0 && tier.write === 'back')
      loading.report({
        code: 'E_VALUE',
        message: 'the first tier is written through: contexts are in it when blocks are evicted',
        path: [...tierPath, 'write'],
      });
    const found = tierOptions(tier, index, { pool, deployment, profileTiers, loading, tierPath });
    if (found !== undefined && found.capacityBytes < blockBytes)
      loading.report({
        code: 'E_FIT',
        message: `${tier.name} holds ${found.capacityBytes} bytes, less than a KV block of ${blockBytes}`,
        path: tierPath,
      });
    return found === undefined ? [] : [found];
  });
  const { when, minTokens, prefetch } = pool.load ?? tierLoadSchema.parse({});
  return {
    ...{ tiers, blockBytes, load: when, minTokens },
    ...(prefetch === 'arrival' ? {} : { prefetch }),
  };
}

function tierOptions(
  tier: WrittenTier,
  index: number,
  context: {
    readonly pool: EnginePool;
    readonly deployment: Deployment;
    readonly profileTiers: readonly ProfileTier[];
    readonly loading: Loading;
    readonly tierPath: readonly (string | number)[];
  },
): TierOptions | undefined {
  const { pool, deployment, profileTiers, loading, tierPath } = context;
  const { accelerator, tensorParallel } = deployment;
  const known = profileTiers.find(({ name }) => name === tier.name);
  const scope = tier.scope ?? known?.scope ?? 'replica';
  const host = Math.max(accelerator.scaleUp?.domain ?? usualHost, tensorParallel);
  const replicasPerStore = {
    replica: 1,
    host: Math.floor(host / tensorParallel),
    pool: pool.replicas,
  }[scope];
  const accelerators = replicasPerStore * tensorParallel;
  const capacityBytes = tier.capacity ?? (known && known.capacityBytes * accelerators);
  const bytesPerSec = tier.bandwidth ?? (known?.bytesPerSec && known.bytesPerSec * accelerators);
  for (const [key, value] of [
    ['capacity', capacityBytes],
    ['bandwidth', bytesPerSec],
  ] as const) {
    if (value !== undefined && value > 0) continue;
    const names = profileTiers.map(({ name }) => name);
    const hint = known ? undefined : suggestion(tier.name, names);
    return loading.report({
      code: value === undefined ? 'E_REQUIRED' : 'E_RANGE',
      message:
        value === undefined
          ? `missing: ${key} of ${tier.name}; ${accelerator.name} ${known ? 'does not say' : 'has no such tier'}`
          : `${key} must be more than 0`,
      path: value === undefined ? tierPath : [...tierPath, key],
      ...(hint === undefined ? {} : { hint }),
    });
  }
  return {
    name: tier.name,
    replicasPerStore,
    capacityBytes: capacityBytes!,
    bytesPerMs: bytesPerSec! / 1000,
    latencyMs: tier.latency ?? known?.latencyMs ?? 0,
    write: index === 0 ? 'through' : (tier.write ?? 'through'),
  };
}
