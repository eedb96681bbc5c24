import { describe, expect, test } from 'vitest';
import { compareResults } from './compareResults.js';
import { type HandWorld, handWorld } from './handWorld.js';
import { runReference } from './referenceEngine.js';
import { runFast } from './runFast.js';

/** What the reference engine says, which the fast one must say too. Every iteration lasts a second. */
function run(hand: HandWorld) {
  const world = handWorld(hand);
  const result = runReference(world);
  expect(compareResults(result, runFast(world))).toBeUndefined();
  return result;
}

const alone = (outputTokens: number, cancelAtMs: number, asyncScheduling = true) =>
  run({
    engine: { asyncScheduling },
    tasks: [{ promptTokens: 1, outputTokens, atMs: 0, cancelAtMs }],
  });

describe('a decoding sequence that is cancelled', () => {
  test('leaves when its iteration ends; async, the one formed ahead still runs and is not heard', () => {
    const result = alone(6, 2500);
    expect(result.tokenTimesMs[0]).toEqual([1000, 2000, 3000]);
    expect([result.finishMs[0], result.cancelled[0]]).toEqual([3000, 1]);
    expect([result.iterations, result.busyMs, result.itl.count]).toEqual([4, 4000, 2]);
  });

  test('sync: nothing was formed ahead', () => {
    const result = alone(6, 2500, false);
    expect([result.finishMs[0], result.iterations, result.itl.count]).toEqual([3000, 3, 2]);
  });

  test('leaves at once when an iteration has just ended', () => {
    const result = alone(6, 3000);
    expect(result.tokenTimesMs[0]).toEqual([1000, 2000, 3000]);
    expect([result.finishMs[0], result.iterations]).toEqual([3000, 4]);
  });

  test('completes when its last token is in the iteration that runs', () => {
    const result = alone(3, 2500);
    expect([result.finishMs[0], result.cancelled[0]]).toEqual([3000, 0]);
  });

  test('leaves without its last token when that was only formed ahead', () => {
    const result = alone(3, 1500);
    expect(result.tokenTimesMs[0]).toEqual([1000, 2000]);
    expect([result.finishMs[0], result.cancelled[0], result.iterations]).toEqual([2000, 1, 3]);
  });

  test('is followed on its stream from the instant of the cancel, and leaves its full blocks', () => {
    // Four batches are formed until 3 s: 32 + 3 tokens, two full blocks of 16.
    const result = run({
      tasks: [
        {
          promptTokens: 32,
          outputTokens: 20,
          atMs: 0,
          cancelAtMs: 2500,
          spawns: [{ task: 1, gapMs: 0 }],
        },
        { promptTokens: 40, outputTokens: 1, stream: 0 },
      ],
    });
    expect([result.arrivalMs[1], result.scheduledMs[1], result.firstTokenMs[1]]).toEqual([
      2500, 3000, 5000,
    ]);
    expect(result.hitTokens[1]).toBe(32);
  });
});

describe('other sequences that are cancelled', () => {
  test('a prompt that is partly computed keeps its full blocks cached', () => {
    // Chunks of 20 tokens: at 0 s the first two are formed, at 1 s it is gone. Two blocks of 16 are full.
    const result = run({
      engine: { maxBatchTokens: 20 },
      tasks: [{ promptTokens: 100, outputTokens: 5, atMs: 0, cancelAtMs: 500 }],
    });
    expect([result.finishMs[0], result.cancelled[0], result.iterations]).toEqual([1000, 1, 2]);
    expect([result.freeBlocks[0], result.lruBlocks[0]!.length]).toEqual([98, 2]);
    expect(result.firstTokenMs[0]).toBeNaN();
  });

  test('a waiting one leaves at once, and the next in line waits for the iteration to end', () => {
    const result = run({
      engine: { maxSequences: 1 },
      tasks: [
        { promptTokens: 1, outputTokens: 2, atMs: 0 },
        { promptTokens: 1, outputTokens: 9, atMs: 0, cancelAtMs: 500 },
        { promptTokens: 1, outputTokens: 1, atMs: 0 },
      ],
    });
    expect([result.finishMs[1], result.slotsMs[1], result.headOfLineMs[1]]).toEqual([500, 500, 0]);
    expect(result.scheduledMs[1]).toBeNaN();
    expect(result.scheduledMs[2]).toBe(2000);
    expect([result.headOfLineMs[2], result.iterationMs[2], result.slotsMs[2]]).toEqual([
      500, 500, 1000,
    ]);
  });

  test('one that is cancelled as it arrives is in no batch', () => {
    const result = alone(5, 0);
    expect([result.finishMs[0], result.cancelled[0], result.iterations]).toEqual([0, 1, 0]);
  });

  test('one that has ended is beyond it', () => {
    const result = alone(2, 2000);
    expect([result.finishMs[0], result.cancelled[0]]).toEqual([2000, 0]);
  });

  test('the losers of a parallel step leave at the boundary after the winner has ended', () => {
    // Sync: A ends at 2 s, between the end of its iteration and the next batch.
    const result = run({
      engine: { asyncScheduling: false },
      tasks: [
        { promptTokens: 1, outputTokens: 2, atMs: 0, cancels: [1, 2].map(loser) },
        { promptTokens: 1, outputTokens: 9, atMs: 0 },
        { promptTokens: 1, outputTokens: 9, atMs: 500 },
      ],
    });
    expect([...result.finishMs]).toEqual([2000, 2000, 2000]);
    expect([...result.cancelled]).toEqual([0, 1, 1]);
    expect(result.iterations).toBe(2);
  });
});

function loser(task: number): { task: number; gapMs: number } {
  return { task, gapMs: 0 };
}
