import type { LogHistogram } from '../statistics/logHistogram.js';
import type { PoolTimeline } from './poolTimeline.js';
import type { TierRun } from './tierRun.js';

/** What one pool (or the gateway) did. Sums run over its replicas or servers and over the whole run. */
export interface PoolRun {
  readonly name: string;
  readonly kind: 'engine' | 'station' | 'gateway';
  /** Replicas or servers. */
  readonly units: number;
  readonly timeline: PoolTimeline;
  readonly completed: number;
  /** Turned away for good. */
  readonly rejected: number;
  /** Turned away and sent again, in a pool that asks for that. */
  readonly retries?: number;
  readonly preemptions: number;
  readonly iterations: number;
  /** Prompt and output tokens computed (hits excluded, recomputation included). */
  readonly computedTokens: number;
  /** Of the prompts admitted for the first time: their tokens, and those found in the prefix cache. */
  readonly promptTokens: number;
  readonly hitTokens: number;
  readonly evictedBlocks: number;
  /** Speculative decoding: tokens drafted, and those of them that were accepted and part of an output. */
  readonly draftTokens: number;
  readonly acceptedDrafts: number;
  readonly kvBlocksPerReplica: number;
  readonly blockTokens: number;
  /** Of engine replicas: requests inside the fullest one, over time, in means of all. NaN when none has left. */
  readonly imbalance?: number;
  /** Gaps between output tokens of one request. */
  readonly itlMs: LogHistogram;
  /** Of the pool's memory tiers, when it has any, nearest first. */
  readonly tiers?: readonly TierRun[];
  /** Blocks that were cached when a load of others began, and gone when it was admitted: taken as loaded with them. */
  readonly lostBlocks?: number;
  /** Of the links that KV came and went over, where it did: transfers that ended, and busy time, summed over replicas. */
  readonly kvLinks?: KvLinkUse;
  /** Prompts that it computed again, by the pool that handed them over; absent where it can read the KV of all of them. */
  readonly rePrefills?: readonly RePrefill[];
}

/** Prompts of one pool that another computed again, because it cannot read its KV. */
export interface RePrefill {
  /** The pool that computed them first. */
  readonly of: string;
  requests: number;
  /** Prefix hits of the other pool apart. */
  tokens: number;
}

/** What the links of a pool's replicas moved in `overMs`, the time of the run. */
export interface KvLinkUse {
  /** Both ways. */
  readonly bytes: number;
  /** Of the links out of the replicas, and of those into them. */
  readonly outBusyMs: number;
  readonly inBusyMs: number;
  readonly overMs: number;
}
