import type { HandOverTable } from '../metrics/handOverTable.js';
import type { RequestTable } from '../metrics/requestTable.js';
import type { SessionTable, TurnRecord, TurnTable } from '../metrics/turnTable.js';
import type { LogHistogram } from '../statistics/logHistogram.js';

/** Facts of one simulated run (one replication). Everything printed later is computed from these. */
export interface RunResult {
  readonly scenarioName: string;
  readonly seed: string;
  /** 0, 1, 2 …: the random substream. */
  readonly replication: number;
  readonly ending: 'horizon' | 'drained' | 'eventLimit' | 'clockLimit';
  /** Simulated time at the end. */
  readonly endMs: number;
  readonly events: number;
  /** 16 hex digits: a hash of the facts of all requests, in arrival order. */
  readonly fingerprint: string;
  /** Requests that arrived; the first `requests.count` of them have a row. */
  readonly arrived: number;
  readonly requests: RequestTable;
  /** A row per row of `requests`, where pools hand requests over; `replica` and queue times there are then those of the prefill side. */
  readonly handOvers?: HandOverTable;
  /** Measures of the requests that have no row, by population; empty while all have one. */
  readonly overflow: readonly OverflowMeasures[];
  readonly populationNames: readonly string[];
  readonly pools: readonly PoolRun[];
  readonly gateway: PoolRun | undefined;
  /** Of the sessions, when the scenario has any. */
  readonly agents?: AgentsRun;
}

/** What sessions and humans did. */
export interface AgentsRun {
  /** Of the session populations: turns and sessions hold indices into these. */
  readonly populationNames: readonly string[];
  readonly turns: TurnTable;
  readonly sessions: SessionTable;
  /** Steps of the slowest turns, slowest first. */
  readonly records: readonly TurnRecord[];
  readonly resources: readonly ResourceRun[];
}

/** What one resource beside the engines did. */
export interface ResourceRun {
  readonly name: string;
  readonly kind: 'tools' | 'store' | 'model' | 'sandboxes';
  readonly slots: number;
  readonly timeline: PoolTimeline;
  readonly completed: number;
  readonly rejected: number;
  /** Gave up waiting for a slot. */
  readonly abandoned: number;
  /** Mean wait of the jobs that got a slot. */
  readonly meanQueueMs: number;
  /** Of sandboxes: share of starts that were not warm; 0 for others. */
  readonly coldStartShare: number;
}

export interface OverflowMeasures {
  readonly population: number;
  completed: number;
  readonly ttftMs: LogHistogram;
  readonly clientTtftMs: LogHistogram;
  readonly tpotMs: LogHistogram;
  readonly e2eMs: LogHistogram;
  readonly queueMs: LogHistogram;
  promptTokens: number;
  outputTokens: number;
}

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
  /** Of the links that KV came and went over, where it did: transfers that ended, and busy time, summed over replicas and both ways. */
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

/** What one memory tier of a pool did, over its stores and the whole run. */
export interface TierRun {
  readonly name: string;
  readonly stores: number;
  readonly capacityBlocks: number;
  readonly evictedBlocks: number;
  /** Prompt tokens brought from it instead of being computed. */
  readonly loadedTokens: number;
  /** Of the loads that have ended. */
  readonly loadedBytes: number;
  readonly writtenBytes: number;
  /** Time during which each direction of its links was in use, summed over stores. */
  readonly readBusyMs: number;
  readonly writeBusyMs: number;
  /** `usedKvBlocks`: blocks that it holds. */
  readonly timeline: PoolTimeline;
}

/** What the links of a pool's replicas moved in `overMs`, the time of the run. */
export interface KvLinkUse {
  readonly bytes: number;
  readonly busyMs: number;
  readonly overMs: number;
}

/**
 * Levels of a pool as time averages, and its work as totals, over equal bins from 0 to the end of the run,
 * one value a bin. Levels count the whole pool, not one replica.
 */
export interface PoolTimeline {
  readonly binMs: number;
  readonly binCount: number;
  /** Replicas or servers at work. */
  readonly busyUnits: Float64Array;
  /** Sequences running (admitted) or requests in service. */
  readonly running: Float64Array;
  readonly waiting: Float64Array;
  /** KV blocks that running sequences reference; cached but unreferenced blocks apart. */
  readonly usedKvBlocks: Float64Array;
  readonly cachedKvBlocks: Float64Array;
  /** Total work of the bin per accelerator, summed over replicas, booked when a batch run ends: for MFU and MBU. */
  readonly flops: Float64Array;
  readonly memoryBytes: Float64Array;
}
