import { ContextPins } from '../engine/contextPins.js';
import { dropContext } from '../engine/dropContext.js';
import { type PrefillTime, prefillTime } from '../engine/prefillTime.js';
import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import type { Replica } from '../engine/replica.js';
import type { SequenceTable } from '../engine/sequenceTable.js';
import { privateContext } from '../engine/tokenStreams.js';
import type { EventCalendar, EventHandler } from '../kernel/calendar.js';
import type { EnginePoolOptions } from './enginePoolOptions.js';
import type { KvLoads } from './kvLoads.js';
import type { ReplicaEvents } from './replicaEvents.js';

/** The pool whose contexts are retained. */
export interface RetainingPool {
  readonly replicas: readonly Replica[];
  readonly table: SequenceTable;
  readonly loads: KvLoads | undefined;
}

/** What retaining needs of the world around the pool. */
export interface RetainingWorld {
  readonly store: PrefixCacheStore;
  readonly calendar: Pick<EventCalendar, 'scheduleArrival'>;
  readonly events: ReplicaEvents;
}

/** From now on the replicas of a pool do what its `overGaps` says when a call ends that a gap follows. */
export function retainOverGaps(
  pool: RetainingPool,
  { engine, cost }: EnginePoolOptions,
  world: RetainingWorld,
): void {
  const rule = engine.overGaps;
  if (rule === undefined || !engine.prefixCache) return;
  const { table } = pool;
  table.keepsGaps = true;
  const { store } = world;
  const { blockTokens } = engine;
  const blockShift = 31 - Math.clz32(blockTokens);
  const prefillMs = prefillTime(cost, engine.maxBatchTokens);
  const pin = rule.kind === 'pin' ? pinning(pool, world, rule.forMs) : undefined;
  for (const [index, { former }] of pool.replicas.entries()) {
    former.departures.onCallEnd = (sequence, timeMs) => {
      const gapMs = table.gapMs[sequence]!;
      const stream = table.stream[sequence]!;
      if (Number.isNaN(gapMs) || stream === privateContext) return;
      // What is over its time does not count.
      former.expire(timeMs);
      // The last token is sampled and not computed.
      const tokens = table.promptTokens[sequence]! + table.outputTokens[sequence]! - 1;
      const blocks = tokens >> blockShift;
      if (pin !== undefined) {
        pin(index, stream, blocks, timeMs);
        return;
      }
      if (
        rule.kind === 'cost-based' &&
        keepingPays(pool, index, { blocks, gapMs, prefillMs, blockTokens })
      )
        return;
      dropContext(former.kv, store, blockShift, stream, blocks);
    };
  }
}

type PinContext = (index: number, stream: number, blocks: number, timeMs: number) => void;

/** How a pool pins contexts: an event ends each pin that has not ended before. */
function pinning(
  { replicas }: RetainingPool,
  { calendar, events }: RetainingWorld,
  forMs: number,
): PinContext {
  const ends = replicas.map((replica, index): EventHandler => {
    const { kv } = replica.former;
    kv.pins ??= new ContextPins(kv);
    const { pins } = kv;
    return (timeMs, serial) => {
      if (!pins.has(serial)) return;
      const wake = replica.changeBlocks(timeMs, () => pins.drop(serial));
      events.heed(wake, index, timeMs);
    };
  });
  return (index, stream, blocks, timeMs) => {
    const serial = replicas[index]!.former.kv.pins!.add(stream, blocks);
    if (serial >= 0) calendar.scheduleArrival(timeMs + forMs, ends[index]!, serial);
  };
}

/**
 * Is the memory that a context wastes in HBM over its gap no more than what it takes to bring it back, both in
 * block-ms? Kept: its blocks for the gap, by the share of all blocks that are not empty. Computed again: its
 * own blocks and all that are referenced now, for the time of its prefill. Loaded: its own, for the time of a
 * load from the first tier, shared with those who load now.
 */
function keepingPays(
  { replicas, loads }: RetainingPool,
  index: number,
  context: {
    readonly blocks: number;
    readonly gapMs: number;
    readonly prefillMs: PrefillTime;
    readonly blockTokens: number;
  },
): boolean {
  const { blocks, gapMs, prefillMs, blockTokens } = context;
  const { totalBlocks, freeBlocks, availableBlocks } = replicas[index]!.former.kv;
  const keptWaste = blocks * gapMs * ((totalBlocks - freeBlocks) / totalBlocks);
  const heldBlocks = blocks + totalBlocks - availableBlocks;
  const computedWaste = heldBlocks * prefillMs(0, blocks * blockTokens);
  if (keptWaste <= computedWaste && loads === undefined) return true;
  const loadedWaste = loads ? blocks * loads.firstTierMs(index, blocks) : Number.POSITIVE_INFINITY;
  return keptWaste <= Math.min(computedWaste, loadedWaste);
}
