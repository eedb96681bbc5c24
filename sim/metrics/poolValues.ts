import type { PoolRun } from '../facts/poolRun.js';
import { contextsThatFit, planMemory } from '../hardware/memoryPlan.js';
import type { EnginePoolSpec } from '../run/scenario.js';
import { kvLinkBusy } from './kvLinkBusy.js';
import type { MeasuredWindow } from './measuredWindow.js';
import type { poolMetrics } from './poolMetrics.js';
import {
  type TimelineLevel,
  type TimelineTotal,
  timelineAverage,
  timelineRate,
} from './timelineAverage.js';

/** The metrics of a pool that are one number per replication: all but the ITL. */
export type PoolMetricId = Exclude<(typeof poolMetrics)[number]['id'], 'itl'>;

/** The numbers of one pool in one replication; a metric that a pool of this kind does not have is absent. */
export type PoolValues = Partial<Record<PoolMetricId, number>>;

/** What a plain station or the gateway did. Without a limit on its servers there is no share to be busy. */
export function stationValues(pool: PoolRun, window: MeasuredWindow): PoolValues {
  const level = (name: TimelineLevel) => timelineAverage(pool.timeline, name, window);
  const busy = Number.isFinite(pool.units) ? { utilisation: level('busyUnits') / pool.units } : {};
  return { ...busy, running: level('running'), waiting: level('waiting'), ...retriesOf(pool) };
}

/** Absent without speculative decoding, and where nothing was drafted. */
function speculationValues(pool: PoolRun, { engine }: EnginePoolSpec): PoolValues {
  if (engine.speculation === undefined || pool.draftTokens === 0) return {};
  const acceptance = pool.acceptedDrafts / pool.draftTokens;
  return { tokensPerIteration: 1 + acceptance * engine.speculation.draftTokens, acceptance };
}

/** What a pool of engines did. `meanContextTokens`: of its completed requests, prompt and output; NaN if there were none. */
export function engineValues(
  pool: PoolRun,
  spec: EnginePoolSpec,
  window: MeasuredWindow,
  meanContextTokens: number,
): PoolValues {
  const level = (name: TimelineLevel) => timelineAverage(pool.timeline, name, window);
  const { accelerator, weightPrecision } = spec.deployment;
  const peakFlops = accelerator.peakFlops[weightPrecision] ?? accelerator.peakFlops.bf16;
  // Work is counted per accelerator of a replica, and summed over replicas.
  const perSec = (name: TimelineTotal) =>
    (1000 * timelineRate(pool.timeline, name, window)) / pool.units;
  const busyUnits = level('busyUnits');
  const running = level('running');
  const kvBlocks = pool.kvBlocksPerReplica * pool.units;
  return {
    utilisation: busyUnits / pool.units,
    mfu: perSec('flops') / peakFlops,
    mbu: perSec('memoryBytes') / accelerator.memoryBytesPerSec,
    batch: running / busyUnits,
    running,
    waiting: level('waiting'),
    kvUse: level('usedKvBlocks') / kvBlocks,
    kvCached: level('cachedKvBlocks') / kvBlocks,
    contextsHeld: pool.units * contextsOfReplica(pool, spec, meanContextTokens),
    hitRate: pool.hitTokens / pool.promptTokens,
    ...speculationValues(pool, spec),
    preemptions: pool.preemptions,
    ...retriesOf(pool),
    ...(pool.imbalance !== undefined && pool.units > 1 && { imbalance: pool.imbalance }),
    ...(pool.kvLinks && {
      kvMoved: (1000 * pool.kvLinks.bytes) / pool.kvLinks.overMs,
      kvLinkBusy: kvLinkBusy(pool.kvLinks, pool.units),
    }),
  };
}

/** Whole contexts that one replica holds: in whole blocks, and each on one accelerator with data-parallel attention. */
function contextsOfReplica(
  { kvBlocksPerReplica: kvBlocks, blockTokens }: PoolRun,
  { deployment }: EnginePoolSpec,
  meanContextTokens: number,
): number {
  const plan = planMemory(deployment, blockTokens);
  const sequenceBlocks = (kvBlocks * plan.sequenceBlocks) / plan.kvBlocks;
  return contextsThatFit({ kvBlocks, sequenceBlocks, blockTokens }, meanContextTokens);
}

function retriesOf({ retries }: PoolRun): PoolValues {
  return retries === undefined ? {} : { retries };
}
