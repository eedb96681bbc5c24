import { prefixCacheStore } from '../../../sim/engine/prefixCacheStore.js';
import { privateContext, TokenStreams } from '../../../sim/engine/tokenStreams.js';
import { connectHandOvers } from '../../../sim/fleet/connectHandOvers.js';
import { EnginePool } from '../../../sim/fleet/enginePool.js';
import type { HandedRequest } from '../../../sim/fleet/handedRequest.js';
import { HandOver } from '../../../sim/fleet/handOver.js';
import { poolLinks } from '../../../sim/fleet/poolLinks.js';
import { TransferNetwork } from '../../../sim/fleet/transferNetwork.js';
import { EventCalendar } from '../../../sim/kernel/calendar.js';
import { LogHistogram } from '../../../sim/statistics/logHistogram.js';
import { blockIdentity } from '../blockIdentity.js';
import type { World } from '../world.js';
import {
  emptyHandOverColumns,
  type HandOverResult,
  type HandOverWorld,
  type PoolFacts,
} from './handOverWorld.js';

/** Runs a world of two pools on the fast engine. */
export function runHandOver(
  world: HandOverWorld,
  options: { readonly maxJump?: number } = {},
): HandOverResult {
  const { tasks, streams: worldStreams } = world.prefill;
  const columns = emptyHandOverColumns(tasks.length);
  const streams = new TokenStreams(4);
  for (const { parent, forkTokens } of worldStreams) {
    if (parent < 0) streams.addRoot();
    else streams.addFork(parent, forkTokens);
  }
  const store = prefixCacheStore(streams);
  const isPrivate = privateTasks(world.prefill);
  /** World stream of each stream that the engine made for a private context. */
  const revealed = new Map<number, number>();
  const calendar = new EventCalendar();
  const network = new TransferNetwork(calendar, world.prefill.grid);
  const isInside = new Uint8Array(tasks.length);
  const follow = (task: number, timeMs: number) => {
    if (isInside[task] === 0) return;
    isInside[task] = 0;
    for (const spawn of tasks[task]!.spawns)
      calendar.scheduleArrival(timeMs + spawn.gapMs, arrive, spawn.task);
  };
  const arrive = (timeMs: number, task: number) => {
    const { stream, promptTokens, outputTokens, urgency, seed } = tasks[task]!;
    isInside[task] = 1;
    const routed = {
      stream: isPrivate[task] ? privateContext : stream,
      promptTokens,
      draw: 0,
      affinityKey: 0,
    };
    handOver.accept(task, routed, outputTokens, timeMs, urgency, seed);
  };
  const cancel = (timeMs: number, task: number) => {
    handOver.cancel(task, timeMs);
    follow(task, timeMs);
  };
  const pool = (
    name: string,
    firstReplica: number,
    of: HandOverWorld['decode'] & Pick<World, 'tiering'>,
  ): EnginePool =>
    new EnginePool(
      {
        name,
        replicas: of.replicas,
        firstReplica,
        engine: { ...of.engine, ...options },
        cost: of.cost,
        router: of.router,
        timelineBinMs: 1000,
        timelineBins: 1,
        ...(of.tiering && { tiering: { ...of.tiering, grid: world.prefill.grid } }),
      },
      calendar,
      store,
      (table, sequence, timeMs) => {
        if (table.ownsStream[sequence] === 1)
          revealed.set(table.stream[sequence]!, tasks[table.request[sequence]!]!.stream);
        const isPrefill = name === 'prefill';
        if (isPrefill) handOver.endPrefill(table, sequence, timeMs);
        else handOver.endDecode(table, sequence, timeMs);
      },
    );
  const prefill = pool('prefill', 0, world.prefill);
  const decode = pool('decode', world.prefill.replicas, world.decode);
  const prefillSide = {
    pool: prefill,
    links: poolLinks(network, 'prefill', world.prefill.replicas, world.prefillBytesPerMs),
  };
  const decodeSide = {
    pool: decode,
    links: poolLinks(network, 'decode', world.decode.replicas, world.decodeBytesPerMs),
    decodeOnly: world.decode.engine.decodeOnly ?? false,
  };
  const handOver: HandOver = new HandOver(prefillSide, decodeSide, world.options, {
    calendar,
    network,
    store,
    onEnd: (handed, timeMs) => {
      const { request: task } = handed;
      noteEnd(handed, timeMs);
      if (handed.ownsStream) revealed.set(handed.routed.stream, tasks[task]!.stream);
      follow(task, timeMs);
      if (handed.isCancelled) return;
      for (const loser of tasks[task]!.cancels ?? [])
        calendar.scheduleArrival(timeMs + loser.gapMs, cancel, loser.task);
    },
  });
  connectHandOvers(decode, [{ prefill, handOver }]);
  prefill.connect({
    onHeld: (sequence, timeMs) => {
      const { ownsStream, stream, request } = prefill.table;
      if (ownsStream[sequence] === 1)
        revealed.set(stream[sequence]!, tasks[request[sequence]!]!.stream);
      handOver.prefilled(sequence, timeMs);
    },
    onReserved: () => {},
    onWithdrawn: () => {},
    onReturned: () => {},
  });
  for (const [index, task] of tasks.entries()) {
    if (task.atMs !== undefined) calendar.scheduleArrival(task.atMs, arrive, index);
    if (task.cancelAtMs !== undefined) calendar.scheduleArrival(task.cancelAtMs, cancel, index);
  }
  calendar.run(Number.POSITIVE_INFINITY, 1_000_000);
  for (const { replicas } of [prefill, decode])
    for (const replica of replicas) replica.observe(calendar.nowMs);
  const pools = [prefill, decode].map((each) => each.finish(calendar.nowMs));
  const itl = new LogHistogram();
  for (const { itlMs } of pools) itl.merge(itlMs);
  const facts = [prefill, decode].map(
    ({ counters, replicas, loads }, index): PoolFacts => ({
      iterations: pools[index]!.iterations,
      computedTokens: pools[index]!.computedTokens,
      evictedBlocks: pools[index]!.evictedBlocks,
      busyMs: counters.busyMs,
      decodeContextTokens: counters.decodeContextTokens,
      chunkPairs: counters.chunkPairs,
      draftTokens: pools[index]!.draftTokens,
      acceptedDrafts: pools[index]!.acceptedDrafts,
      lostBlocks: pools[index]!.lostBlocks ?? 0,
      loadedTokens: (pools[index]!.tiers ?? []).map((tier) => tier.loadedTokens),
      writtenBytes: (pools[index]!.tiers ?? []).map((tier) => tier.writtenBytes),
      tierEvictions: (pools[index]!.tiers ?? []).map((tier) => tier.evictedBlocks),
      tierBlocks: (loads?.tiers ?? []).map((tier) =>
        tier.stores.map(({ oldestExtent }) => blocksOf(oldestExtent, index)),
      ),
      lruBlocks: replicas.map(({ former }) => blocksOf(former.kv.lru.oldest, index)),
      freeBlocks: replicas.map(({ former }) => former.kv.freeBlocks),
    }),
  );
  const leaks: string[] = [];
  for (const { inside, replicas } of [prefill, decode]) {
    if (inside > 0) leaks.push('sequences');
    for (const { former, index } of replicas) {
      const { kv } = former;
      if (kv.availableBlocks !== kv.totalBlocks) leaks.push(`blocks of replica ${index}`);
      if (kv.evictableBlocks === 0 && kv.nodeCount > 0) leaks.push(`nodes of replica ${index}`);
      if (former.handOver.heldCount + former.handOver.receivingCount > 0) leaks.push('hand-overs');
    }
  }
  return {
    columns,
    itl,
    pools: facts,
    links: network.use(calendar.nowMs).map(({ bytes, busyMs }) => ({ bytes, busyMs })),
    leaks,
  };

  /** Names of cached blocks of a pool, oldest first. */
  function blocksOf(oldestExtent: number, index: number): number[] {
    const { blockTokens } = (index === 0 ? world.prefill : world.decode).engine;
    const blocks: number[] = [];
    const { extents, nodes } = store;
    for (let extent = oldestExtent; extent >= 0; extent = extents.newer[extent]!) {
      const node = extents.node[extent]!;
      const made = node < 0 ? -1 : nodes.stream[node]!;
      const stream = node < 0 ? tasks[-1 - node]!.stream : (revealed.get(made) ?? made);
      for (let block = extents.high[extent]! - 1; block >= extents.low[extent]!; block--)
        blocks.push(blockIdentity(worldStreams, blockTokens, stream, block));
    }
    return blocks;
  }

  function noteEnd(handed: HandedRequest, timeMs: number): void {
    const { request: task, queue, decode: decoded } = handed;
    const isPrefilled = handed.prefillRounds > 0;
    columns.finishMs[task] = timeMs;
    columns.cancelled[task] = Number(handed.isCancelled);
    columns.prefillReplica[task] = handed.prefillReplica;
    columns.decodeReplica[task] = decoded ? handed.decodeReplica : -1;
    columns.firstTokenMs[task] = handed.firstTokenMs;
    if (isPrefilled && queue) {
      columns.scheduledMs[task] = handed.scheduledMs;
      columns.prefillQueueMs[task] = queue.headOfLineMs + queue.slotsMs + queue.tokenBudgetMs;
      columns.prefillKvBlocksMs[task] = queue.kvBlocksMs;
      columns.prefillIterationMs[task] = queue.iterationMs;
    }
    columns.kvLoadMs[task] = handed.kvLoadMs;
    columns.hitTokens[task] = handed.hitTokens;
    columns.prefillPreemptions[task] = handed.prefillPreemptions;
    columns.decodeScheduledMs[task] = handed.decodeScheduledMs;
    columns.kvTransferMs[task] = handed.kvTransferMs;
    if (decoded) {
      columns.decodeQueueMs[task] = decoded.headOfLineMs + decoded.tokenBudgetMs;
      columns.decodeKvBlocksMs[task] = decoded.kvBlocksMs;
      columns.decodeSlotsMs[task] = decoded.slotsMs;
      columns.decodeIterationMs[task] = decoded.iterationMs;
    }
    columns.decodeHitTokens[task] = handed.decodeHitTokens;
    columns.decodePreemptions[task] = handed.decodePreemptions;
    columns.sentTokens[task] = handed.sentTokens;
    columns.recomputedTokens[task] = handed.recomputedTokens;
    columns.recomputeMs[task] = handed.recomputeMs;
    const kv = (of: EnginePool, key: 'freeBlocks' | 'evictableBlocks') =>
      sum(
        of.replicas.map((replica) => {
          // It may end in the middle of a jump.
          replica.observe(timeMs);
          return replica.former.kv[key];
        }),
      );
    columns.prefillFreeBlocks[task] = kv(prefill, 'freeBlocks');
    columns.prefillEvictableBlocks[task] = kv(prefill, 'evictableBlocks');
    columns.decodeFreeBlocks[task] = kv(decode, 'freeBlocks');
    columns.decodeEvictableBlocks[task] = kv(decode, 'evictableBlocks');
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Tasks whose context nobody shares: alone on a root stream that nothing forks from. */
function privateTasks({ streams, tasks }: World): boolean[] {
  const users = new Array<number>(streams.length).fill(0);
  for (const { stream } of tasks) users[stream]!++;
  for (const { parent } of streams) if (parent >= 0) users[parent]!++;
  return tasks.map(({ stream }) => streams[stream]!.parent < 0 && users[stream] === 1);
}
