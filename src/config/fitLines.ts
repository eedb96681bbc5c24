import { contextsThatFit, planMemory } from '../../sim/hardware/memoryPlan.js';
import type { EnginePoolSpec, PoolSpec } from '../../sim/run/scenario.js';
import { formatNumber } from '../format/formatQuantity.js';
import type { Demand } from './demand.js';
import type { FitLine, LoadFit, MemoryFit, PeopleFit } from './loadedExperiment.js';
import { fleetCapacity } from './poolCapacity.js';
import type { ResolvedPopulation } from './resolvePopulations.js';

/**
 * The arithmetic before a run: what each pool holds, the load of the pools that share work, and how many
 * humans they are enough for.
 */
export function fitLines(
  pools: readonly PoolSpec[],
  populations: readonly ResolvedPopulation[],
): FitLine[] {
  const demands = populations.flatMap((population) => population.demands);
  const memory = pools.flatMap((pool) =>
    pool.kind === 'engine' ? [memoryFit(pool, demands)] : [],
  );
  const people = populations.flatMap((population) => peopleFit(pools, population));
  return [...memory, ...loadFits(pools, demands), ...people];
}

function memoryFit(pool: EnginePoolSpec, demands: readonly Demand[]): MemoryFit {
  const { deployment, engine, name } = pool;
  const plan = planMemory(deployment, engine.blockTokens);
  const kvTokens = plan.kvBlocks * engine.blockTokens;
  const mean = meanDemand(demands.filter(({ role }) => pool.serves.includes(role)));
  const meanContextTokens =
    mean && Math.round(mean.sharedTokens + mean.freshTokens + mean.outputTokens);
  const { memoryBytes } = deployment.accelerator;
  const replicaBytes = plan.kvBytesPerToken * plan.accelerators;
  const contexts =
    meanContextTokens === undefined || meanContextTokens < 1
      ? ''
      : `, ${formatNumber(contextsThatFit(plan, meanContextTokens), 0)} contexts of the mean ${formatNumber(meanContextTokens, 0)} (${gigabytes(meanContextTokens * replicaBytes)} each)`;
  const text =
    `${name}: ${gigabytes(plan.weightBytes)} of ${gigabytes(memoryBytes)} per accelerator are weights; ` +
    `a replica holds ${formatNumber(kvTokens, 0)} tokens of KV${contexts}` +
    tiersText(pool, meanContextTokens);
  const { weightBytes } = plan;
  return {
    kind: 'memory',
    pool: name,
    weightBytes,
    memoryBytes,
    kvTokens,
    meanContextTokens,
    text,
  };
}

/** What each tier holds: `; dram: 8 × 2000 GB hold 97,000,000 tokens, 880 contexts`. */
function tiersText({ tiering, engine, replicas }: EnginePoolSpec, meanTokens: number | undefined) {
  const texts = (tiering?.tiers ?? []).map(({ name, replicasPerStore, capacityBytes }) => {
    const stores = Math.ceil(replicas / replicasPerStore);
    const blocks = stores * Math.floor(capacityBytes / tiering!.blockBytes);
    const tokens = blocks * engine.blockTokens;
    const contexts =
      meanTokens === undefined || meanTokens < 1
        ? ''
        : `, ${formatNumber(Math.floor(tokens / meanTokens), 0)} contexts`;
    const size = gigabytes(capacityBytes);
    return `; ${name}: ${stores === 1 ? size : `${stores} × ${size}`} for ${formatNumber(tokens, 0)} tokens${contexts}`;
  });
  return texts.join('');
}

/** One line per group of pools that share model roles. */
function loadFits(pools: readonly PoolSpec[], demands: readonly Demand[]): LoadFit[] {
  return roleGroups(pools).flatMap((roles) => {
    const asked = demands.filter(({ role }) => roles.includes(role));
    const mean = meanDemand(asked);
    if (mean === undefined) return [];
    const serving = pools.filter((pool) => pool.serves.some((role) => roles.includes(role)));
    const capacityPerSec = fleetCapacity(serving, mean);
    const offeredPerSec = mean.requestsPerSec;
    const load = offeredPerSec / capacityPerSec;
    const role = roles.join(', ');
    const percent = capacityPerSec === 0 ? '' : ` (${formatNumber(load * 100, 0)}%)`;
    const text = `${role}: ${perSec(offeredPerSec)} offered, roughly ${perSec(capacityPerSec)} possible${percent}`;
    return [{ kind: 'load', role, offeredPerSec, capacityPerSec, load, text }];
  });
}

/** Humans of a closed population, alone on the fleet; nothing where a law has no mean. */
function peopleFit(
  pools: readonly PoolSpec[],
  { spec, info, demands }: ResolvedPopulation,
): PeopleFit[] {
  const { users, requestsPerSec } = info;
  if (users === undefined || !(requestsPerSec > 0) || !Number.isFinite(requestsPerSec)) return [];
  const loads = loadFits(pools, demands).map(({ load }) => load);
  const possibleUsers = Math.floor(users / Math.max(...loads));
  const callsPerUserHour = (3600 * requestsPerSec) / users;
  const text =
    `${spec.name}: ${formatNumber(users, 0)} users make roughly ${formatNumber(callsPerUserHour, 0)} calls an hour each; ` +
    `the pools are roughly enough for ${formatNumber(possibleUsers, 0)} of them` +
    heldContexts(pools, demands);
  const population = spec.name;
  return [{ kind: 'people', population, users, callsPerUserHour, possibleUsers, text }];
}

/** How many contexts of the mean of these calls all pools that serve them hold at once. */
function heldContexts(pools: readonly PoolSpec[], demands: readonly Demand[]): string {
  const mean = meanDemand(demands);
  if (mean === undefined) return '';
  const tokens = Math.round(mean.sharedTokens + mean.freshTokens + mean.outputTokens);
  let contexts = 0;
  for (const pool of pools) {
    if (pool.kind !== 'engine' || !demands.some(({ role }) => pool.serves.includes(role))) continue;
    const plan = planMemory(pool.deployment, pool.engine.blockTokens);
    contexts += pool.replicas * contextsThatFit(plan, Math.max(1, tokens));
  }
  return contexts === 0 ? '' : ` and hold ${formatNumber(contexts, 0)} contexts at once`;
}

/** Roles that share a pool, directly or by way of others, are one group; sorted. */
function roleGroups(pools: readonly PoolSpec[]): string[][] {
  let groups: Set<string>[] = [];
  for (const { serves } of pools) {
    const merged = new Set(serves);
    const others = groups.filter((group) => {
      const shares = serves.some((role) => group.has(role));
      if (shares) for (const role of group) merged.add(role);
      return !shares;
    });
    groups = [...others, merged];
  }
  return groups.map((group) => [...group].sort()).sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}

/** All demands as one, per request; undefined when nothing is asked for, or a law has no mean. */
function meanDemand(demands: readonly Demand[]): Demand | undefined {
  const requestsPerSec = demands.reduce((sum, demand) => sum + demand.requestsPerSec, 0);
  if (!(requestsPerSec > 0)) return undefined;
  const mean = (key: 'freshTokens' | 'sharedTokens' | 'outputTokens') =>
    demands.reduce((sum, each) => sum + each[key] * each.requestsPerSec, 0) / requestsPerSec;
  const freshTokens = mean('freshTokens');
  const outputTokens = mean('outputTokens');
  if (!Number.isFinite(freshTokens + outputTokens)) return undefined;
  return {
    role: '',
    requestsPerSec,
    freshTokens,
    sharedTokens: mean('sharedTokens'),
    outputTokens,
  };
}

function gigabytes(bytes: number): string {
  return `${formatNumber(bytes / 1e9, bytes < 1e10 ? 1 : 0)} GB`;
}

function perSec(rate: number): string {
  return `${formatNumber(rate, rate < 10 ? 2 : 0)}/s`;
}
