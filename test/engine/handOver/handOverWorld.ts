import type { HandOverOptions } from '../../../sim/fleet/handOverOptions.js';
import type { LogHistogram } from '../../../sim/statistics/logHistogram.js';
import type { World } from '../world.js';

/** A world of two pools: prompts are computed in one and go on in the other. */
export interface HandOverWorld {
  /** Streams, tasks and grid, and the pool that computes prompts. */
  readonly prefill: World;
  /** The pool that decodes; it has no tasks of its own. */
  readonly decode: Pick<World, 'engine' | 'cost' | 'replicas' | 'router'>;
  readonly options: HandOverOptions;
  /** Of each link: out of and into every replica of a pool. */
  readonly prefillBytesPerMs: number;
  readonly decodeBytesPerMs: number;
}

/** What happened in such a world; columns by task, NaN (or −1) for what never happened. */
export interface HandOverResult {
  readonly columns: Readonly<Record<HandOverColumn, Float64Array>>;
  readonly itl: LogHistogram;
  /** Of the prefill pool, then of the decode pool. */
  readonly pools: readonly PoolFacts[];
  /** Bytes and busy time of every link. */
  readonly links: readonly { readonly bytes: number; readonly busyMs: number }[];
  readonly leaks: readonly string[];
}

export const handOverColumns = [
  'finishMs',
  'cancelled',
  'prefillReplica',
  'scheduledMs',
  'firstTokenMs',
  'prefillQueueMs',
  'prefillKvBlocksMs',
  'prefillIterationMs',
  'kvLoadMs',
  'hitTokens',
  'prefillPreemptions',
  'decodeReplica',
  'decodeScheduledMs',
  'kvTransferMs',
  'decodeQueueMs',
  'decodeKvBlocksMs',
  'decodeSlotsMs',
  'decodeIterationMs',
  'decodeHitTokens',
  'decodePreemptions',
  'sentTokens',
  'recomputedTokens',
  'recomputeMs',
  'prefillFreeBlocks',
  'prefillEvictableBlocks',
  'decodeFreeBlocks',
  'decodeEvictableBlocks',
] as const;
export type HandOverColumn = (typeof handOverColumns)[number];

export interface PoolFacts {
  readonly iterations: number;
  readonly computedTokens: number;
  readonly evictedBlocks: number;
  readonly busyMs: number;
  readonly decodeContextTokens: number;
  readonly chunkPairs: number;
  readonly draftTokens: number;
  readonly acceptedDrafts: number;
  readonly lostBlocks: number;
  /** Of each memory tier: tokens loaded, bytes written, blocks evicted, and its blocks by store, oldest first. */
  readonly loadedTokens: number[];
  readonly writtenBytes: number[];
  readonly tierEvictions: number[];
  readonly tierBlocks: number[][][];
  readonly lruBlocks: number[][];
  readonly freeBlocks: number[];
}

export function emptyHandOverColumns(count: number): Record<HandOverColumn, Float64Array> {
  return Object.fromEntries(
    handOverColumns.map((name) => [name, new Float64Array(count).fill(Number.NaN)]),
  ) as Record<HandOverColumn, Float64Array>;
}

/** The first difference between two results, to the last bit; undefined when there is none. */
export function compareHandOvers(
  expected: HandOverResult,
  found: HandOverResult,
): string | undefined {
  const tasks = Array.from(expected.columns.finishMs.keys());
  tasks.sort((a, b) => expected.columns.finishMs[a]! - expected.columns.finishMs[b]!);
  for (const task of tasks)
    for (const column of handOverColumns) {
      const right = expected.columns[column][task];
      const other = found.columns[column][task];
      if (!Object.is(right, other)) return `${column} of task ${task} is ${other}, not ${right}`;
    }
  const parts = (result: HandOverResult) =>
    [result.pools[0], result.pools[1], result.links, result.itl.toJSON()].map((part) =>
      JSON.stringify(part),
    );
  const right = parts(expected);
  const other = parts(found);
  const place = right.findIndex((part, index) => part !== other[index]);
  if (place >= 0) return `expected ${right[place]}, found ${other[place]}`;
  return found.leaks[0] && `leaks ${found.leaks[0]}`;
}
