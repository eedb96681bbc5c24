import type { PlacementRule } from '../../sim/fleet/placementRule.js';
import type { EnginePoolSpec, PoolSpec } from '../../sim/run/scenario.js';
import type { Loading } from './loading.js';
import { suggestion } from './nearestName.js';
import type { EnginePool } from './poolSchema.js';
import type { Sections } from './readSections.js';

type WrittenHandOver = NonNullable<EnginePool['handOver']>;

/**
 * Completes the pools that hand requests over with what both sides need, and checks what the KV of one
 * is to the other. Pools that take no part are returned as they are.
 */
export function resolveHandOvers(
  pools: readonly PoolSpec[],
  sections: Sections,
  loading: Loading,
): PoolSpec[] {
  const engines = pools.filter((pool) => pool.kind === 'engine');
  const writtenOf = (name: string) => sections.fleet.values.get(name) as EnginePool;
  const targets = new Set<string>();
  /** Pools that KV comes to or goes from. */
  const linked = new Set<string>();
  for (const pool of engines) {
    const { handOver } = writtenOf(pool.name);
    if (handOver === undefined) continue;
    targets.add(handOver.to);
    if (!recomputesFor(pool, handOver, engines)) linked.add(pool.name).add(handOver.to);
  }
  return pools.map((pool) => {
    if (pool.kind !== 'engine') return pool;
    const { handOver, prefill, kvBandwidth } = writtenOf(pool.name);
    const isTarget = targets.has(pool.name);
    const path = ['fleet', pool.name];
    if (prefill === 'none' && !isTarget)
      loading.report({
        code: 'E_UNSERVED',
        message: loading.ofMix(
          'no pool hands requests over to this one, which computes no prompts',
        ),
        path: [...path, 'prefill'],
      });
    const isLinked = linked.has(pool.name);
    if (kvBandwidth !== undefined && !isLinked)
      loading.report({
        code: 'E_KEY',
        message: 'no KV is handed over by or to this pool',
        path: [...path, 'kvBandwidth'],
        atKey: true,
      });
    if (handOver === undefined && !isTarget) return pool;
    if (handOver !== undefined) checkTarget(pool, handOver, engines, writtenOf, loading);
    const kvBytesPerSec = isLinked ? (kvBandwidth ?? scaleOutOf(pool)) : undefined;
    if (kvBytesPerSec === undefined && isLinked)
      loading.report({
        code: 'E_REQUIRED',
        message: `${pool.deployment.accelerator.name} names no scale-out link: how fast does KV come and go?`,
        path,
        atKey: true,
        hint: 'Say so: kvBandwidth: 50 GB/s',
      });
    return {
      ...pool,
      ...(prefill === 'none' ? { decodeOnly: true } : {}),
      ...(kvBytesPerSec === undefined ? {} : { kvBytesPerSec }),
      ...(handOver === undefined
        ? {}
        : {
            handOver: {
              to: handOver.to,
              firstToken: handOver.firstToken,
              minTokens: handOver.minTokens,
              layerwise: handOver.layerwise,
              returnKv: handOver.returnKv,
              latencyMs: handOver.latency,
              spillAtQueueTimeMs: handOver.spillAt?.queueTime ?? Number.POSITIVE_INFINITY,
              ...(recomputesFor(pool, handOver, engines) ? { recomputes: true } : {}),
              // Where the profiles say it, the word of the file is not needed.
              assumedReadable: recomputesFor(pool, { to: handOver.to }, engines)
                ? handOver.assumeReadable
                : undefined,
            },
          }),
    };
  });
}

/** Requests are not placed in a pool that gets them by hand-over. */
export function checkPlacedTargets(
  pools: readonly PoolSpec[],
  rules: readonly PlacementRule[],
  { report, ofMix }: Loading,
): void {
  const sourceOf = new Map(
    pools.flatMap((pool) =>
      pool.kind === 'engine' && pool.handOver ? [[pool.handOver.to, pool.name] as const] : [],
    ),
  );
  for (const [index, { prefer }] of rules.entries())
    for (const name of prefer) {
      const source = sourceOf.get(name);
      if (source === undefined) continue;
      report({
        code: 'E_REF',
        message: ofMix(`"${name}" gets its requests from "${source}", and none by placement`),
        path: ['placement', index, 'prefer'],
        hint: `Prefer ${source}`,
      });
    }
}

/** All accelerators of a replica send at once. */
function scaleOutOf({ deployment }: EnginePoolSpec): number | undefined {
  const { accelerator, tensorParallel } = deployment;
  const { scaleOutBytesPerSec } = accelerator;
  return scaleOutBytesPerSec === undefined ? undefined : scaleOutBytesPerSec * tensorParallel;
}

/** KV that nothing says to be readable is computed again where the request goes on. */
function recomputesFor(
  { name, deployment }: EnginePoolSpec,
  { to, assumeReadable }: Pick<WrittenHandOver, 'to' | 'assumeReadable'>,
  engines: readonly EnginePoolSpec[],
): boolean {
  const target = engines.find((other) => other.name === to && to !== name);
  if (target === undefined || assumeReadable !== undefined) return false;
  const here = deployment.accelerator;
  const there = target.deployment.accelerator;
  const isOneFormat = here.kvFormat !== undefined && here.kvFormat === there.kvFormat;
  return here.name !== there.name && !isOneFormat;
}

function checkTarget(
  pool: EnginePoolSpec,
  handOver: WrittenHandOver,
  engines: readonly EnginePoolSpec[],
  writtenOf: (name: string) => EnginePool,
  { report, warn, ofMix }: Loading,
): void {
  const path = ['fleet', pool.name, 'handOver'];
  const target = engines.find(({ name }) => name === handOver.to);
  const names = new Set(engines.map(({ name }) => name).filter((name) => name !== pool.name));
  if (target === undefined || target === pool) {
    const message =
      target === pool ? 'a pool cannot hand over to itself' : `no engine pool "${handOver.to}"`;
    const hint = suggestion(handOver.to, names);
    report({
      code: 'E_REF',
      message,
      path: [...path, 'to'],
      ...(hint === undefined ? {} : { hint }),
    });
    return;
  }
  const written = writtenOf(target.name);
  const here = pool.deployment;
  const there = target.deployment;
  const wrong = (code: string, message: string, key: string, hint?: string) =>
    report({ code, message, path: [...path, key], ...(hint === undefined ? {} : { hint }) });
  if (written.handOver !== undefined || writtenOf(pool.name).prefill === 'none')
    wrong('E_REF', 'a request is handed over once: prefill to decode', 'to');
  if (here.model.name !== there.model.name)
    wrong('E_MODEL', `${target.name} runs ${there.model.name}, not ${here.model.name}`, 'to');
  const recomputes = recomputesFor(pool, handOver, engines);
  if (here.kvPrecision !== there.kvPrecision && !recomputes)
    wrong(
      'E_VALUE',
      `its KV is ${here.kvPrecision}, that of ${target.name} ${there.kvPrecision}`,
      'to',
      `Give both the same, kv: ${here.kvPrecision}`,
    );
  if (written.tiers !== undefined)
    wrong(
      'E_VALUE',
      `${target.name} has memory tiers, but the KV of what it is handed comes from ${pool.name}`,
      'to',
      `Give the tiers to ${pool.name}: contexts are loaded where prompts are computed`,
    );
  if (written.prefill === 'none' && handOver.minTokens > 0)
    wrong('E_KEY', `${target.name} computes no prompts, short or long`, 'minTokens');
  if (!recomputes) return;
  const unread = `nothing says that ${there.accelerator.name} can read the KV of ${here.accelerator.name}`;
  const assume = 'assume that it can and say why: assumeReadable: <source>';
  if (written.prefill === 'none') {
    wrong('E_KV', `${target.name} computes no prompts, and ${unread}`, 'to', `Or ${assume}`);
    return;
  }
  warn({
    code: 'W_KV',
    message: ofMix(`${unread}: ${target.name} computes every prompt again`),
    path: [...path, 'to'],
    hint: `Without handOver it is computed once; or ${assume}`,
  });
  if (handOver.firstToken === 'decode')
    wrong(
      'E_VALUE',
      `${target.name} computes every prompt again, so ${pool.name} would work for nothing`,
      'firstToken',
    );
  for (const key of ['layerwise', 'returnKv', 'latency'] as const)
    if (handOver[key] !== false && handOver[key] !== 0)
      report({
        code: 'E_KEY',
        message: `no KV moves to ${target.name}, which computes every prompt again`,
        path: [...path, key],
        atKey: true,
      });
}
