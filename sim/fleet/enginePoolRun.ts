import type { EngineCounters } from '../engine/engineCounters.js';
import type { Replica } from '../engine/replica.js';
import type { PoolRun } from '../facts/poolRun.js';
import type { EnginePoolOptions } from './enginePoolOptions.js';

/** What only the pool itself knows of its run. */
type PoolSide = Pick<PoolRun, 'timeline' | 'completed' | 'rejected'> & {
  readonly imbalance: number;
  readonly itlMs: NonNullable<PoolRun['itlMs']>;
  readonly tiers: PoolRun['tiers'];
};

/** What an engine pool did: the counts of its replicas together, and what the pool itself counted. */
export function enginePoolRun(
  { name, engine }: EnginePoolOptions,
  replicas: readonly Replica[],
  total: EngineCounters,
  { tiers, ...pool }: PoolSide,
): PoolRun {
  let evictedBlocks = 0;
  for (const { former } of replicas) evictedBlocks += former.kv.evictedBlocks;
  return {
    ...pool,
    name,
    kind: 'engine',
    units: replicas.length,
    preemptions: total.preemptions,
    iterations: total.iterations,
    computedTokens: total.computedTokens,
    promptTokens: total.promptTokens,
    hitTokens: total.hitTokens,
    evictedBlocks,
    draftTokens: total.draftTokens,
    acceptedDrafts: total.acceptedDrafts,
    kvBlocksPerReplica: engine.kvBlocks,
    blockTokens: engine.blockTokens,
    ...(tiers && { tiers, lostBlocks: total.lostBlocks }),
  };
}
