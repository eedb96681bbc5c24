import { describe, expect, test } from 'vitest';
import { blockIdentity } from './blockIdentity.js';
import { handWorld } from './handWorld.js';
import { runReference } from './referenceEngine.js';
import type { WorldResult } from './world.js';

/** The five parts of a task's queue time, by name, without those that are zero. */
function waitParts(result: WorldResult, task: number): Record<string, number> {
  const parts = {
    headOfLineMs: result.headOfLineMs[task]!,
    slotsMs: result.slotsMs[task]!,
    kvBlocksMs: result.kvBlocksMs[task]!,
    tokenBudgetMs: result.tokenBudgetMs[task]!,
    iterationMs: result.iterationMs[task]!,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, ms]) => ms !== 0));
}

describe('when every iteration lasts a second', () => {
  const arriveDuringDecode = (asyncScheduling: boolean) =>
    runReference(
      handWorld({
        engine: { asyncScheduling },
        tasks: [
          { promptTokens: 1, outputTokens: 6, atMs: 0 },
          { promptTokens: 1, outputTokens: 2, atMs: 2500 },
        ],
      }),
    );

  test('async: what arrives during iteration 3 is formed at its end and runs in iteration 5', () => {
    const result = arriveDuringDecode(true);
    expect([...result.scheduledMs]).toEqual([0, 3000]);
    expect([...result.firstTokenMs]).toEqual([1000, 5000]);
    expect([...result.finishMs]).toEqual([6000, 6000]);
    expect(waitParts(result, 1)).toEqual({ iterationMs: 1500 });
    expect(result.iterations).toBe(6);
    expect(result.busyMs).toBe(6000);
  });

  test('sync: what arrives during iteration 3 runs in iteration 4', () => {
    const result = arriveDuringDecode(false);
    expect([...result.scheduledMs]).toEqual([0, 3000]);
    expect([...result.firstTokenMs]).toEqual([1000, 4000]);
    expect([...result.finishMs]).toEqual([6000, 5000]);
    expect(waitParts(result, 1)).toEqual({ iterationMs: 500 });
  });

  test.each([true, false])(
    'one slot: the second runs when the first has ended (async %s)',
    (asyncScheduling) => {
      const result = runReference(
        handWorld({
          engine: { asyncScheduling, maxSequences: 1 },
          tasks: [
            { promptTokens: 1, outputTokens: 2, atMs: 0 },
            { promptTokens: 1, outputTokens: 1, atMs: 0 },
          ],
        }),
      );
      expect([...result.finishMs]).toEqual([2000, 3000]);
      expect(result.scheduledMs[1]).toBe(2000);
      expect(waitParts(result, 1)).toEqual({ slotsMs: 2000 });
      expect(result.iterations).toBe(3);
    },
  );

  test.each([true, false])(
    'a next turn without a gap joins the batch formed as the first ends (async %s)',
    (asyncScheduling) => {
      // 32 + 5 tokens, 36 of them computed: 2 full blocks of 16.
      const result = runReference(
        handWorld({
          engine: { asyncScheduling },
          tasks: [
            { promptTokens: 32, outputTokens: 5, atMs: 0, spawns: [{ task: 1, gapMs: 0 }] },
            { promptTokens: 40, outputTokens: 2, stream: 0 },
          ],
        }),
      );
      expect(result.finishMs[0]).toBe(5000);
      expect(result.scheduledMs[1]).toBe(5000);
      expect(result.firstTokenMs[1]).toBe(6000);
      expect([...result.hitTokens]).toEqual([0, 32]);
      expect(result.computedTokens).toBe(36 + (40 - 32) + 1);
    },
  );

  test('async takes the larger of host and device and adds the synchronisation; sync adds host and device', () => {
    const run = (asyncScheduling: boolean) =>
      runReference(
        handWorld({
          engine: { asyncScheduling },
          cost: { hostMs: 300, syncMs: 50 },
          tasks: [{ promptTokens: 1, outputTokens: 2, atMs: 0 }],
        }),
      );
    expect(run(true).finishMs[0]).toBe(2100);
    expect(run(false).finishMs[0]).toBe(2600);
  });

  test('a request that comes as an iteration ends on another replica joins the batch formed then', () => {
    // Loads go 0, 1, 0, 1; at 1 s task 4 finds one request on each replica and takes replica 0, whose
    // iteration has just ended too.
    const result = runReference(
      handWorld({
        engine: { asyncScheduling: false },
        replicas: 2,
        tasks: [
          { promptTokens: 1, outputTokens: 4, atMs: 0 },
          { promptTokens: 1, outputTokens: 1, atMs: 0, spawns: [{ task: 4, gapMs: 0 }] },
          { promptTokens: 1, outputTokens: 1, atMs: 0 },
          { promptTokens: 1, outputTokens: 4, atMs: 0 },
          { promptTokens: 1, outputTokens: 1 },
        ],
      }),
    );
    expect([...result.replica]).toEqual([0, 1, 0, 1, 0]);
    expect(result.scheduledMs[4]).toBe(1000);
    expect(result.finishMs[4]).toBe(2000);
  });
});

describe('when memory is short', () => {
  test('the tail is preempted, finds its first block again, and continues where it was', () => {
    // Blocks of 4, 4 of them. At 5 s A needs its third: B (9 tokens known, 2 full blocks) is preempted
    // and its second block evicted. A ends at 8 s and B recomputes 5 of 9 tokens, evicting A's second.
    const world = handWorld({
      engine: {
        asyncScheduling: false,
        wholeSequenceAdmission: false,
        blockTokens: 4,
        kvBlocks: 4,
      },
      tasks: [
        { promptTokens: 4, outputTokens: 8, atMs: 0 },
        { promptTokens: 4, outputTokens: 6, atMs: 0 },
      ],
    });
    const result = runReference(world);
    expect([...result.finishMs]).toEqual([8000, 9000]);
    expect(result.tokenTimesMs[1]).toEqual([1000, 2000, 3000, 4000, 5000, 9000]);
    expect([...result.preemptions]).toEqual([0, 1]);
    expect([...result.hitTokens]).toEqual([0, 4]);
    expect(result.iterations).toBe(9);
    expect(result.computedTokens).toBe(24);
    expect(result.evictedBlocks).toBe(2);
    expect([...result.freeBlocksAtFinish]).toEqual([1, 1]);
    expect([...result.evictableBlocksAtFinish]).toEqual([3, 3]);
    const name = (stream: number, index: number) => blockIdentity(world.streams, 4, stream, index);
    expect(result.lruBlocks).toEqual([[name(0, 0), name(1, 1), name(1, 0)]]);
    expect(result.itl.toJSON()).toMatchObject({ min: 1000, max: 4000 });
    expect(result.itl.count).toBe(7 + 5);
  });

  test('a sequence preempted with its last token in flight finishes from the waiting list', () => {
    const result = runReference(
      handWorld({
        engine: { wholeSequenceAdmission: false, blockTokens: 4, kvBlocks: 2 },
        tasks: [
          { promptTokens: 4, outputTokens: 4, atMs: 0 },
          { promptTokens: 4, outputTokens: 1, atMs: 0 },
        ],
      }),
    );
    expect([...result.finishMs]).toEqual([4000, 1000]);
    expect([...result.preemptions]).toEqual([0, 1]);
    expect(result.reach.drainingPreemptions).toBe(1);
    expect(result.evictedBlocks).toBe(1);
    expect(result.computedTokens).toBe(4 + 4 + 3);
  });

  const longBehindShort = (wholeSequenceAdmission: boolean) =>
    runReference(
      handWorld({
        engine: {
          asyncScheduling: false,
          wholeSequenceAdmission,
          blockTokens: 4,
          maxSequences: 4,
          maxBatchTokens: 4,
          kvBlocks: 4,
        },
        tasks: [
          { promptTokens: 4, outputTokens: 8, atMs: 0 },
          { promptTokens: 12, outputTokens: 1, atMs: 500 },
          { promptTokens: 1, outputTokens: 1, atMs: 600 },
        ],
      }),
    );

  test('first-chunk admission lets a long prompt begin in the room that is left', () => {
    expect(longBehindShort(false).scheduledMs[1]).toBe(1000);
  });

  test('whole-sequence admission keeps it waiting, and the one behind it', () => {
    // A holds 2 of 4 blocks from 1 s and ends at 8 s; the long prompt then fills three batches of 4.
    const result = longBehindShort(true);
    expect([...result.scheduledMs]).toEqual([0, 8000, 11_000]);
    expect(waitParts(result, 1)).toEqual({ iterationMs: 500, kvBlocksMs: 7000 });
    expect(waitParts(result, 2)).toEqual({ headOfLineMs: 7400, tokenBudgetMs: 3000 });
    expect([...result.finishMs]).toEqual([8000, 11_000, 12_000]);
  });
});

describe('the prefix cache', () => {
  const repeatedPrompt = (prefixCache: boolean) =>
    runReference(
      handWorld({
        engine: { prefixCache },
        streams: [
          { parent: -1, forkTokens: 0 },
          { parent: 0, forkTokens: 32 },
        ],
        tasks: [
          { promptTokens: 32, outputTokens: 1, atMs: 0 },
          { promptTokens: 32, outputTokens: 1, atMs: 5000 },
        ],
      }),
    );

  test('a prompt that is wholly cached recomputes its last block in place', () => {
    const result = repeatedPrompt(true);
    expect([...result.hitTokens]).toEqual([0, 16]);
    expect(result.computedTokens).toBe(32 + 16);
    expect(result.freeBlocks).toEqual([98]);
  });

  test('switched off, nothing is found and all blocks are empty at the end', () => {
    const result = repeatedPrompt(false);
    expect([...result.hitTokens]).toEqual([0, 0]);
    expect(result.freeBlocks).toEqual([100]);
    expect(result.lruBlocks).toEqual([[]]);
  });

  test('a request admitted later in the same batch hits what an earlier one fills there', () => {
    const result = runReference(
      handWorld({
        streams: [
          { parent: -1, forkTokens: 0 },
          { parent: 0, forkTokens: 32 },
        ],
        tasks: [
          { promptTokens: 33, outputTokens: 1, atMs: 0 },
          { promptTokens: 34, outputTokens: 1, atMs: 0 },
        ],
      }),
    );
    expect([...result.hitTokens]).toEqual([0, 32]);
    expect([...result.finishMs]).toEqual([1000, 1000]);
  });

  test('two requests that write the same tokens are refused', () => {
    const world = handWorld({
      engine: { blockTokens: 4 },
      tasks: [
        { promptTokens: 4, outputTokens: 8, atMs: 0 },
        { promptTokens: 4, outputTokens: 8, atMs: 0, stream: 0 },
      ],
    });
    expect(() => runReference(world)).toThrow('is written twice');
  });
});

describe('the router', () => {
  // The first two go to replicas 0 and 1, the next two as well. At 1 s only task 3 still runs, on
  // replica 1, which also holds the context that task 4 continues.
  const nextTurn = (router: { policy: 'least-requests' | 'prefix-aware'; slack: number }) =>
    runReference(
      handWorld({
        engine: { asyncScheduling: false },
        replicas: 2,
        router,
        tasks: [
          { promptTokens: 1, outputTokens: 1, atMs: 0 },
          { promptTokens: 32, outputTokens: 1, atMs: 0, spawns: [{ task: 4, gapMs: 0 }] },
          { promptTokens: 1, outputTokens: 1, atMs: 0 },
          { promptTokens: 1, outputTokens: 5, atMs: 0 },
          { promptTokens: 34, outputTokens: 1, stream: 1 },
        ],
      }),
    ).replica[4];

  test('least-requests goes to the replica with the fewest unfinished requests', () => {
    expect(nextTurn({ policy: 'least-requests', slack: 1 })).toBe(0);
  });

  test('prefix-aware goes where the prefix is, up to its slack', () => {
    expect(nextTurn({ policy: 'prefix-aware', slack: 1 })).toBe(1);
    expect(nextTurn({ policy: 'prefix-aware', slack: 0 })).toBe(0);
  });
});
