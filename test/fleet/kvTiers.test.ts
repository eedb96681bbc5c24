import { describe, expect, test } from 'vitest';
import type { TieringOptions, TierOptions } from '../../sim/fleet/tierOptions.js';
import type { EnginePoolSpec } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import type { BlockHashes } from '../../sim/workload/requestTrace.js';
import { flatPool, handScenario, scripted, traceOf } from '../run/handScenario.js';

/** 100 blocks of 1000 bytes behind a link of 100 bytes per ms. */
function tier(name: string, changes: Partial<TierOptions> = {}): TierOptions {
  return {
    name,
    replicasPerStore: 1,
    capacityBytes: 100_000,
    bytesPerMs: 100,
    latencyMs: 5,
    write: 'through',
    ...changes,
  };
}

/** Requests `[atMs, names of blocks of 16 tokens]` with one token of output, on a replica of 10 blocks. */
function runTiers(
  requests: readonly (readonly [number, readonly number[]])[],
  tiers: readonly TierOptions[],
  options: Partial<TieringOptions> = {},
  changes: Partial<EnginePoolSpec> = {},
) {
  const hashes = requests.map(([, ids]) => ids);
  const blockHashes: BlockHashes = {
    blockTokens: 16,
    ids: Int32Array.from(hashes.flat()),
    offsets: Int32Array.from([[], ...hashes], (_, index) => hashes.slice(0, index).flat().length),
  };
  const script = requests.map(([atMs, ids]) => [atMs, 16 * ids.length, 1] as const);
  const trace = { ...traceOf(script), blockHashes };
  const source = { kind: 'replay', trace, rateFactor: 1, copies: 1 } as const;
  const tiering = { tiers, blockBytes: 1000, load: 'always', minTokens: 0, ...options } as const;
  const engine = { kvBlocks: 10, asyncScheduling: false };
  const pool = flatPool('gpu', engine, { tiering, ...changes });
  const { requests: rows, pools } = simulate(
    handScenario({ horizonMs: 1e5, populations: [scripted('a', [], { source })], pools: [pool] }),
    { seed: '1', replication: 0 },
  );
  return { rows, tiers: pools[0]!.tiers!, pool: pools[0]! };
}

const first = [0, [1, 2, 3, 4]] as const;
/** Takes 8 of the 10 blocks: the last two of the first request leave. */
const second = [10_000, [5, 6, 7, 8, 9, 10, 11, 12]] as const;
const again = [30_000, [1, 2, 3, 4, 13]] as const;

describe('a context that was partly evicted', () => {
  const { rows, tiers, pool } = runTiers([first, second, again], [tier('dram')]);

  test('is loaded as far as it is missing: 2000 bytes and the latency, before the queue', () => {
    expect([...rows.kvLoadMs!]).toEqual([0, 0, 25]);
    expect(rows.scheduledMs[2]).toBe(30_025);
    expect(rows.headOfLineMs[2]! + rows.iterationMs[2]!).toBe(0);
  });

  test('is not computed again: one iteration for the last 16 tokens', () => {
    expect(rows.hitTokens[2]).toBe(64);
    expect(rows.firstTokenMs[2]).toBe(31_025);
  });

  test('and the tier knows what went over its link, each block written once', () => {
    const { timeline, ...facts } = tiers[0]!;
    expect(facts).toEqual({
      name: 'dram',
      stores: 1,
      capacityBlocks: 100,
      evictedBlocks: 0,
      loadedTokens: 32,
      loadedBytes: 2000,
      // 4 of the first, 8 of the second, 1 that the third adds.
      writtenBytes: 13_000,
      readBusyMs: 20,
      writeBusyMs: 130,
    });
    expect(timeline.usedKvBlocks.at(-1)).toBe(13);
    expect(pool.lostBlocks).toBe(0);
  });
});

test('two requests that load at once share the link', () => {
  const third = [30_000, [1, 2, 3, 4, 14]] as const;
  const { rows } = runTiers([first, second, again, third], [tier('dram')]);
  expect([...rows.kvLoadMs!]).toEqual([0, 0, 45, 45]);
});

test('what a first tier has dropped comes from the one below, at the same time', () => {
  // Three blocks fit: of the first context the last went below, and of the second all but three.
  const small = tier('dram', { capacityBytes: 3000 });
  const slow = tier('nvme', { bytesPerMs: 10, latencyMs: 0, write: 'back' });
  const { rows, tiers } = runTiers([first, second, again], [small, slow]);
  // The second context, as far as it fits, has pushed the first out of the upper tier.
  expect(rows.kvLoadMs![2]).toBe(100);
  expect(tiers.map(({ loadedTokens }) => loadedTokens)).toEqual([0, 16]);
});

test('no request loads what it can compute sooner, or too little', () => {
  const slow = tier('dram', { bytesPerMs: 1 });
  const loaded = (options: Partial<TieringOptions>) =>
    runTiers([first, second, again], [slow], options).rows.kvLoadMs![2]! > 0;
  expect(loaded({})).toBe(true);
  // 2005 ms against an iteration of 1000.
  expect(loaded({ load: 'when-faster' })).toBe(false);
  expect(loaded({ minTokens: 33 })).toBe(false);
  expect(loaded({ minTokens: 32 })).toBe(true);
});

test('a store of the pool serves a replica that has never seen the context', () => {
  const round = { replicas: 2, router: { policy: 'round-robin', slack: 0 } } as const;
  const loadedTokens = (replicasPerStore: number) =>
    runTiers([first, [5000, [1, 2, 3, 4, 5]]], [tier('pool', { replicasPerStore })], {}, round)
      .tiers[0]!.loadedTokens;
  expect(loadedTokens(1)).toBe(0);
  expect(loadedTokens(2)).toBe(64);
});

test('what lies in the tier of a replica draws a call there, by longest prefix and by score alike', () => {
  // Two prompts of 9 of the 10 blocks leave nothing of the first one in HBM.
  const nine = (from: number) => Array.from({ length: 9 }, (_, index) => from + index);
  const others = [
    [15_000, nine(20)],
    [18_000, nine(30)],
    [21_000, nine(40)],
  ] as const;
  const weights = { prefix: 1, requests: 0, queue: 0, kv: 0, tokens: 0, session: 0 };
  const lastOf = (router: EnginePoolSpec['router'], replicasPerStore: number) => {
    const requests = [first, second, ...others, again];
    const dram = tier('dram', { replicasPerStore });
    const { rows } = runTiers(requests, [dram], {}, { replicas: 2, router });
    return { replicas: [...rows.replica], loadMs: rows.kvLoadMs![5]! };
  };
  // 4000 bytes and the latency.
  expect(lastOf({ policy: 'prefix-aware', slack: 0 }, 1)).toEqual({
    replicas: [0, 0, 0, 0, 0, 0],
    loadMs: 45,
  });
  // Nothing cached, replicas take turns; the last request does not.
  expect(lastOf({ policy: 'weighted', slack: 0, weights }, 1)).toEqual({
    replicas: [0, 1, 0, 1, 0, 0],
    loadMs: 45,
  });
  // A store that both use draws nobody.
  expect(lastOf({ policy: 'weighted', slack: 0, weights }, 2).replicas[5]).toBe(1);
});
