import { describe, expect, test } from 'vitest';
import { LoadTree } from '../../sim/fleet/loadTree.js';
import type { PrefixIndex } from '../../sim/fleet/prefixIndex.js';
import type { ReportedLoads } from '../../sim/fleet/reportedLoads.js';
import type { RouterWeights } from '../../sim/fleet/routerSpec.js';
import { weightedRouter } from '../../sim/fleet/weightedRouter.js';

const none = { prefix: 0, requests: 0, queue: 0, kv: 0, tokens: 0, session: 0 };

/** Choices of a weighted router over replicas in this state, for prompts of 100 tokens in blocks of 10. */
function chooserOver(
  weights: Partial<RouterWeights>,
  state: {
    readonly requests: readonly number[];
    readonly waiting?: readonly number[];
    readonly kvUsed?: readonly number[];
    readonly tokens?: readonly number[];
    readonly cachedBlocks?: readonly number[];
  },
) {
  const count = state.requests.length;
  const zeros = Array.from({ length: count }, () => 0);
  const loads = {
    requests: treeOf(state.requests),
    tokens: treeOf(state.tokens ?? zeros),
    waiting: Float64Array.from(state.waiting ?? zeros),
    kvUsed: Float64Array.from(state.kvUsed ?? zeros),
  } as unknown as ReportedLoads;
  const index: PrefixIndex = {
    find: (_request, _timeMs, blocks) => blocks.set(state.cachedBlocks ?? zeros),
    noteRouted: () => {},
  };
  const route = weightedRouter({ ...none, ...weights }, count, loads, index, 10);
  return (affinityKey = 0) => route({ stream: 0, promptTokens: 100, draw: 0, affinityKey }, 0);
}

function treeOf(loads: readonly number[]): LoadTree {
  const tree = new LoadTree(loads.length);
  for (const [index, load] of loads.entries()) tree.add(index, load);
  return tree;
}

describe('each signal alone', () => {
  test.each([
    ['prefix', { requests: [0, 0, 9], cachedBlocks: [0, 4, 5] }, 2],
    ['requests', { requests: [3, 1, 2] }, 1],
    ['queue', { requests: [0, 0, 9], waiting: [2, 1, 0] }, 2],
    ['kv', { requests: [0, 0, 9], kvUsed: [0.5, 0.9, 0.2] }, 2],
    ['tokens', { requests: [0, 0, 9], tokens: [500, 900, 20] }, 2],
  ] as const)('%s', (signal, state, chosen) => {
    expect(chooserOver({ [signal]: 1 }, state)()).toBe(chosen);
  });

  test('session: one home per key, whatever the loads', () => {
    const choose = chooserOver({ session: 1 }, { requests: [9, 0, 5] });
    const keys = Array.from({ length: 30 }, (_, key) => key);
    const homes = keys.map((key) => choose(key));
    expect(keys.map((key) => choose(key))).toEqual(homes);
    expect(new Set(homes).size).toBe(3);
  });
});

test('weights decide: half of the prompt cached (1.5 of 3) against the shortest queue (1 of 1)', () => {
  const state = { requests: [0, 0], waiting: [6, 2], cachedBlocks: [5, 0] };
  expect(chooserOver({ prefix: 3, queue: 1 }, state)()).toBe(0);
  expect(chooserOver({ prefix: 1.9, queue: 1 }, state)()).toBe(1);
});

test('counts are scaled between the lowest and the highest: one more of a few is as bad as 100 more of many', () => {
  // Replica 1 holds 6 blocks of 10, and is the worst in requests: 0.6 against 1 whatever the range.
  const few = { requests: [0, 1], cachedBlocks: [0, 6] };
  const many = { requests: [0, 100], cachedBlocks: [0, 6] };
  expect(chooserOver({ prefix: 1, requests: 1 }, few)()).toBe(0);
  expect(chooserOver({ prefix: 1, requests: 1 }, many)()).toBe(0);
  // With a third replica that is fuller still it has half of the range: 0.6 + 0.95 against 1.
  const third = { requests: [0, 1, 20], cachedBlocks: [0, 6, 0] };
  expect(chooserOver({ prefix: 1, requests: 1 }, third)()).toBe(1);
});

test('of equal scores the fewest requests decide, then the replicas take turns', () => {
  const equal = chooserOver({ prefix: 1 }, { requests: [1, 0, 0, 0] });
  expect([equal(), equal(), equal(), equal()]).toEqual([1, 2, 3, 1]);
});
