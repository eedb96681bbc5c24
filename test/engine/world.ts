import type { TieringOptions } from '../../sim/fleet/tierOptions.js';
import type { IterationCost } from '../../sim/hardware/iterationCost.js';
import type { TimeGrid } from '../../sim/kernel/timeGrid.js';
import type { EngineOptions } from '../../sim/run/scenario.js';
import type { LogHistogram } from '../../sim/statistics/logHistogram.js';

/** A small simulated world: replicas behind a router, and the requests that they get. All times lie on the grid. */
export interface World {
  readonly grid: TimeGrid;
  readonly engine: EngineOptions & {
    readonly kvBlocks: number;
    readonly ttlMs?: number;
    readonly decodeOnly?: boolean;
  };
  readonly cost: IterationCost;
  readonly replicas: number;
  /** Memory tiers below the KV blocks, if any. */
  readonly tiering?: TieringOptions;
  readonly router: {
    readonly policy: 'least-requests' | 'prefix-aware';
    /** `prefix-aware`: a replica with more than this many requests above the least loaded is passed over. */
    readonly slack: number;
  };
  readonly streams: WorldStream[];
  readonly tasks: WorldTask[];
}

/**
 * An append-only token stream: equal to its parent up to `forkTokens`, then with tokens of its own.
 * A parent comes before its children; −1 is a root.
 */
export interface WorldStream {
  parent: number;
  forkTokens: number;
}

/** One request: reads the first `promptTokens` of its stream and appends `outputTokens`. */
export interface WorldTask {
  stream: number;
  promptTokens: number;
  outputTokens: number;
  /** Arrival time; undefined when another task spawns it. */
  atMs: number | undefined;
  /** Tasks that arrive this long after this one has finished, or after it was cancelled while inside. */
  spawns: { task: number; gapMs: number }[];
  /** Default: of no urgency. */
  urgency?: { priority: number; deadlineMs: number; attainedTokens: number };
  /** Expected time from its end to the next call of its context. Default: none is known. */
  gapMs?: number;
  /** Where contexts are loaded ahead: how long before it arrives it is known to come, and after what time it is said that it will not. */
  hint?: { leadMs: number; forgetAfterMs?: number };
  /** Names its draws under speculative decoding. Default 0. */
  seed?: number;
  /** When its client gives it up. Without effect before it arrives and after it has ended. */
  cancelAtMs?: number;
  /** Tasks that are cancelled this long after this one has all its output. */
  cancels?: { task: number; gapMs: number }[];
}

/** What happened in a world; columns by task, NaN for what never happened. */
export interface WorldResult {
  readonly arrivalMs: Float64Array;
  /** First batch that holds the request is formed. */
  readonly scheduledMs: Float64Array;
  readonly firstTokenMs: Float64Array;
  /** Its row is released: it has all its output, or was cancelled and leaves. */
  readonly finishMs: Float64Array;
  /** 1: it left without its last token. */
  readonly cancelled: Uint8Array;
  readonly preemptions: Int32Array;
  readonly replica: Int32Array;
  /** Prompt tokens found in the cache, summed over all admissions. */
  readonly hitTokens: Int32Array;
  /** Blocks of the task's replica just after the task gave up its own. */
  readonly freeBlocksAtFinish: Int32Array;
  readonly evictableBlocksAtFinish: Int32Array;
  /** From the arrival until KV from the memory tiers was there; 0 when nothing was loaded. */
  readonly kvLoadMs: Float64Array;
  /** Queue time by reason. The five sum to the start of the first batch that holds the request (or, if none did, its end), less its arrival and `kvLoadMs`. */
  readonly headOfLineMs: Float64Array;
  readonly slotsMs: Float64Array;
  readonly kvBlocksMs: Float64Array;
  readonly tokenBudgetMs: Float64Array;
  readonly iterationMs: Float64Array;
  readonly iterations: number;
  /** Prompt and output tokens computed; hits excluded, recomputation included. */
  readonly computedTokens: number;
  readonly evictedBlocks: number;
  /** Speculative decoding: tokens drafted, and accepted ones. */
  readonly draftTokens: number;
  readonly acceptedDrafts: number;
  /** Durations of all iterations of all replicas. */
  readonly busyMs: number;
  /** Gaps between consecutive output tokens of one request. */
  readonly itl: LogHistogram;
  /** Sums over all iterations of the fields of their shape. */
  readonly decodeContextTokens: number;
  readonly chunkPairs: number;
  /** Cached blocks that nobody references, per replica, oldest first, as `blockIdentity` names them. */
  readonly lruBlocks: number[][];
  /** Empty blocks per replica at the end. */
  readonly freeBlocks: number[];
  /** Of each memory tier: tokens loaded, bytes written, blocks evicted, and its blocks by store, oldest first. */
  readonly loadedTokens: number[];
  readonly writtenBytes: number[];
  readonly tierEvictions: number[];
  readonly tierBlocks: number[][][];
  /** Blocks that left a replica while its request loaded those after them. */
  readonly lostBlocks: number;
  /** What was not given back at the end; empty when all is well. */
  readonly leaks: string[];
}
