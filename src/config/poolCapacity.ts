import { emptyBatchShape, type IterationCost } from '../../sim/hardware/iterationCost.js';
import { contextsThatFit, planMemory } from '../../sim/hardware/memoryPlan.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { lawMean } from '../../sim/laws/lawMean.js';
import { engineCost } from '../../sim/run/engineCost.js';
import type { EnginePoolSpec, PoolSpec } from '../../sim/run/scenario.js';
import type { Demand } from './demand.js';

/**
 * Requests per second that a pool can roughly do when it does nothing but requests of this mean shape: full
 * batches, whole prompts, a perfect cache of shared prefixes, no queueing losses. Within 7% of the simulated
 * throughput of five saturated pools; too low where only a few contexts fit. 0 when not even one does.
 */
export function poolCapacity(pool: PoolSpec, demand: Demand): number {
  if (pool.kind === 'station') return (1000 * pool.servers) / lawMean(pool.serviceMs);
  const rows = fullBatch(pool, demand);
  if (rows === 0) return 0;
  const cost = engineCost(pool, powerOfTwoGrid(27));
  const perRequestMs = prefillMs(pool, cost, demand) + decodeMs(pool, cost, demand, rows);
  return (1000 * pool.replicas) / perRequestMs;
}

/** All pools together. Pools that hand over and those that they hand over to can do what the slower side can. */
export function fleetCapacity(pools: readonly PoolSpec[], demand: Demand): number {
  let sum = 0;
  const decoding = new Map<string, number>();
  for (const pool of pools) {
    if (pool.kind !== 'engine' || pool.handOver === undefined) continue;
    const cost = engineCost(pool, powerOfTwoGrid(27));
    const prompts = (1000 * pool.replicas) / prefillMs(pool, cost, demand);
    decoding.set(pool.handOver.to, (decoding.get(pool.handOver.to) ?? 0) + prompts);
  }
  for (const pool of pools) {
    const prompts = decoding.get(pool.name);
    if (pool.kind === 'engine' && pool.handOver !== undefined) continue;
    sum +=
      prompts === undefined || pool.kind !== 'engine'
        ? poolCapacity(pool, demand)
        : Math.min(prompts, decodeCapacity(pool, demand));
  }
  return sum;
}

/** Answers per second of a pool that gets its prompts computed. */
function decodeCapacity(pool: EnginePoolSpec, demand: Demand): number {
  const rows = fullBatch(pool, demand);
  if (rows === 0) return 0;
  const cost = engineCost(pool, powerOfTwoGrid(27));
  return (1000 * pool.replicas) / decodeMs(pool, cost, demand, rows);
}

/** Sequences of the mean length that decode together: what the engine allows and the memory holds. */
function fullBatch({ engine, deployment }: EnginePoolSpec, demand: Demand): number {
  const plan = planMemory(deployment, engine.blockTokens);
  const context = demand.sharedTokens + demand.freshTokens + demand.outputTokens;
  return Math.min(engine.maxSequences, contextsThatFit(plan, Math.max(1, Math.round(context))));
}

/** Replica time for the prompt of one request: its share of an iteration filled with prompts. */
function prefillMs(pool: EnginePoolSpec, cost: IterationCost, demand: Demand): number {
  const { maxBatchTokens, prefixCache } = pool.engine;
  const prompt = Math.max(1, demand.freshTokens + (prefixCache ? 0 : demand.sharedTokens));
  const before = prefixCache ? demand.sharedTokens : 0;
  const chunks = Math.max(1, Math.floor(maxBatchTokens / prompt));
  const chunk = Math.min(prompt, maxBatchTokens);
  // A long prompt is computed in several chunks; the mean one comes after half of it.
  const prior = before + (prompt - chunk) / 2;
  const pairs = (context: number) => chunk * context - (chunk * (chunk - 1)) / 2;
  const window = cost.windowTokens;
  const windowedPrior = window === 0 ? prior : Math.min(prior, window);
  const shape = {
    ...emptyBatchShape(),
    chunks,
    chunkTokens: chunks * chunk,
    chunkPairs: chunks * pairs(prior + chunk),
    chunkPriorTokens: chunks * prior,
    windowedChunkPairs:
      chunks * Math.min(pairs(windowedPrior + chunk), chunk * (window || Number.POSITIVE_INFINITY)),
    windowedChunkPriorTokens: chunks * windowedPrior,
    sampledRows: chunks,
  };
  return (iterationMs(pool, cost, shape) * (prompt / chunk)) / chunks;
}

/** Replica time for the answer of one request: its share of as many full decode batches as it has tokens. */
function decodeMs(pool: EnginePoolSpec, cost: IterationCost, demand: Demand, rows: number): number {
  const context = demand.sharedTokens + demand.freshTokens + demand.outputTokens;
  const meanContext = Math.round(context - demand.outputTokens / 2);
  const windowed = cost.windowTokens === 0 ? meanContext : Math.min(meanContext, cost.windowTokens);
  const { speculation } = pool.engine;
  const perRow = 1 + (speculation?.draftTokens ?? 0);
  const accepted = speculation?.acceptedShares.reduce((sum, share) => sum + share, 0) ?? 0;
  const shape = {
    ...emptyBatchShape(),
    decodeRows: rows,
    tokensPerDecodeRow: perRow,
    decodeContextTokens: rows * meanContext,
    windowedDecodeContextTokens: rows * windowed,
    sampledRows: rows * perRow,
  };
  return (iterationMs(pool, cost, shape) * demand.outputTokens) / (rows * (1 + accepted));
}

function iterationMs(
  pool: EnginePoolSpec,
  cost: IterationCost,
  shape: Parameters<IterationCost['deviceMs']>[0],
): number {
  const deviceMs = cost.deviceMs(shape);
  const hostMs = cost.hostMs(shape.decodeRows + shape.chunks);
  return pool.engine.asyncScheduling ? Math.max(deviceMs, hostMs) + cost.syncMs : deviceMs + hostMs;
}
