import { prefixCacheStore } from '../../sim/engine/prefixCacheStore.js';
import { privateContext, TokenStreams } from '../../sim/engine/tokenStreams.js';
import { EnginePool } from '../../sim/fleet/enginePool.js';
import { EventCalendar } from '../../sim/kernel/calendar.js';
import { invariant } from '../../sim/kernel/invariant.js';
import { blockIdentity } from './blockIdentity.js';
import { privateTasks } from './privateTasks.js';
import type { World, WorldResult } from './world.js';

/** Runs a world on the fast engine: the calendar, the pool with its router, and the replicas that ship. */
export function runFast(world: World, options: { readonly maxJump?: number } = {}): WorldResult {
  const count = world.tasks.length;
  const times = () => new Float64Array(count).fill(Number.NaN);
  const columns = {
    arrivalMs: times(),
    scheduledMs: times(),
    firstTokenMs: times(),
    finishMs: times(),
    cancelled: new Uint8Array(count),
    preemptions: new Int32Array(count),
    replica: new Int32Array(count),
    hitTokens: new Int32Array(count),
    freeBlocksAtFinish: new Int32Array(count),
    evictableBlocksAtFinish: new Int32Array(count),
    kvLoadMs: new Float64Array(count),
    headOfLineMs: times(),
    slotsMs: times(),
    kvBlocksMs: times(),
    tokenBudgetMs: times(),
    iterationMs: times(),
  };
  const streams = new TokenStreams(4);
  for (const { parent, forkTokens } of world.streams) {
    if (parent < 0) streams.addRoot();
    else streams.addFork(parent, forkTokens);
  }
  const store = prefixCacheStore(streams);
  const isPrivate = privateTasks(world);
  /** World stream of each stream that the engine made for a preempted private context. */
  const revealed = new Map<number, number>();
  const calendar = new EventCalendar();
  /** 1: the client of the task waits for its answer. */
  const isInside = new Uint8Array(count);
  const arrive = (timeMs: number, index: number) => {
    const { promptTokens, outputTokens, urgency, seed, gapMs } = world.tasks[index]!;
    const stream = isPrivate[index] ? privateContext : world.tasks[index]!.stream;
    isInside[index] = 1;
    const routed = { stream, promptTokens, draw: 0, affinityKey: 0 };
    pool.accept(index, routed, outputTokens, timeMs, urgency, seed, gapMs);
  };
  const hint = (timeMs: number, index: number) => {
    const { promptTokens } = world.tasks[index]!;
    const stream = isPrivate[index] ? privateContext : world.tasks[index]!.stream;
    const routed = { stream, promptTokens, draw: 0, affinityKey: 0 };
    pool.loads?.prefetches?.begin(index, routed, timeMs);
  };
  const forget = (timeMs: number, index: number) => pool.loads?.prefetches?.forget(index, timeMs);
  const scheduleArrival = (atMs: number, index: number, nowMs: number) => {
    const ahead = isPrivate[index] ? undefined : world.tasks[index]!.hint;
    if (ahead !== undefined && world.tiering?.prefetch === 'tool-return') {
      const hintMs = Math.max(nowMs, atMs - ahead.leadMs);
      calendar.scheduleArrival(hintMs, hint, index);
      if (ahead.forgetAfterMs !== undefined)
        calendar.scheduleArrival(hintMs + ahead.forgetAfterMs, forget, index);
    }
    calendar.scheduleArrival(atMs, arrive, index);
  };
  const cancel = (timeMs: number, index: number) => {
    pool.cancel(index, timeMs);
    follow(index, timeMs);
  };
  /** The client goes on: its request has ended, or it no longer waits for it. */
  const follow = (index: number, timeMs: number) => {
    if (isInside[index] === 0) return;
    isInside[index] = 0;
    for (const spawn of world.tasks[index]!.spawns)
      scheduleArrival(timeMs + spawn.gapMs, spawn.task, timeMs);
  };
  const pool: EnginePool = new EnginePool(
    {
      name: 'pool',
      replicas: world.replicas,
      firstReplica: 0,
      engine: {
        ...world.engine,
        ...(options.maxJump === undefined ? {} : { maxJump: options.maxJump }),
      },
      cost: world.cost,
      router: world.router,
      timelineBinMs: 1000,
      timelineBins: 1,
      ...(world.tiering && { tiering: { ...world.tiering, grid: world.grid } }),
    },
    calendar,
    store,
    (table, sequence, timeMs, replica) => {
      const task = table.request[sequence]!;
      invariant(task >= 0, 'a sequence ends twice');
      // A cancelled request may leave in the middle of a jump.
      pool.replicas[replica]!.observe(timeMs);
      const { kv } = pool.replicas[replica]!.former;
      columns.arrivalMs[task] = table.arrivalMs[sequence]!;
      columns.scheduledMs[task] = table.scheduledMs[sequence]!;
      columns.firstTokenMs[task] = table.firstTokenMs[sequence]!;
      columns.finishMs[task] = timeMs;
      columns.preemptions[task] = table.preemptions[sequence]!;
      columns.replica[task] = replica;
      columns.hitTokens[task] = table.hitTokens[sequence]!;
      columns.freeBlocksAtFinish[task] = kv.freeBlocks;
      columns.evictableBlocksAtFinish[task] = kv.evictableBlocks;
      columns.kvLoadMs[task] = table.kvLoadMs[sequence]!;
      columns.headOfLineMs[task] = table.headOfLineMs[sequence]!;
      columns.slotsMs[task] = table.slotsMs[sequence]!;
      columns.kvBlocksMs[task] = table.kvBlocksMs[sequence]!;
      columns.tokenBudgetMs[task] = table.tokenBudgetMs[sequence]!;
      columns.iterationMs[task] = table.iterationMs[sequence]!;
      columns.cancelled[task] = table.isAborted[sequence]!;
      if (table.ownsStream[sequence] === 1)
        revealed.set(table.stream[sequence]!, world.tasks[task]!.stream);
      follow(task, timeMs);
      if (table.isAborted[sequence] === 1) return;
      for (const loser of world.tasks[task]!.cancels ?? [])
        calendar.scheduleArrival(timeMs + loser.gapMs, cancel, loser.task);
    },
  );
  for (const [index, task] of world.tasks.entries()) {
    if (task.atMs !== undefined) scheduleArrival(task.atMs, index, 0);
    if (task.cancelAtMs !== undefined) calendar.scheduleArrival(task.cancelAtMs, cancel, index);
  }
  calendar.run(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  for (const replica of pool.replicas) replica.observe(calendar.nowMs);
  const run = pool.finish(calendar.nowMs);
  const formers = pool.replicas.map((replica) => replica.former);
  const leaks: string[] = [];
  for (const [index, { kv }] of formers.entries()) {
    if (kv.availableBlocks !== kv.totalBlocks) leaks.push(`blocks of replica ${index}`);
    if (kv.evictableBlocks === 0 && kv.nodeCount > 0) leaks.push(`nodes of replica ${index}`);
  }
  if (pool.inside > 0) leaks.push('sequences');
  return {
    ...columns,
    iterations: run.iterations,
    computedTokens: run.computedTokens,
    evictedBlocks: run.evictedBlocks,
    draftTokens: run.draftTokens,
    acceptedDrafts: run.acceptedDrafts,
    busyMs: pool.counters.busyMs,
    itl: run.itlMs,
    decodeContextTokens: pool.counters.decodeContextTokens,
    chunkPairs: pool.counters.chunkPairs,
    lruBlocks: formers.map(({ kv }) => blocksOf(kv.lru.oldest)),
    freeBlocks: formers.map(({ kv }) => kv.freeBlocks),
    loadedTokens: (run.tiers ?? []).map((tier) => tier.loadedTokens),
    writtenBytes: (run.tiers ?? []).map((tier) => tier.writtenBytes),
    tierEvictions: (run.tiers ?? []).map((tier) => tier.evictedBlocks),
    tierBlocks: (pool.loads?.tiers ?? []).map((tier) =>
      tier.stores.map(({ oldestExtent }) => blocksOf(oldestExtent)),
    ),
    lostBlocks: run.lostBlocks ?? 0,
    leaks,
  };

  /** Names of cached blocks, oldest first. */
  function blocksOf(oldestExtent: number): number[] {
    const blocks: number[] = [];
    const { extents, nodes } = store;
    for (let extent = oldestExtent; extent >= 0; extent = extents.newer[extent]!) {
      const node = extents.node[extent]!;
      const made = node < 0 ? -1 : nodes.stream[node]!;
      const stream = node < 0 ? world.tasks[-1 - node]!.stream : (revealed.get(made) ?? made);
      for (let block = extents.high[extent]! - 1; block >= extents.low[extent]!; block--) {
        blocks.push(blockIdentity(world.streams, world.engine.blockTokens, stream, block));
      }
    }
    return blocks;
  }
}
