import { describe, expect, test } from 'vitest';
import { buildRouter } from '../../sim/fleet/buildRouter.js';
import { LoadTree } from '../../sim/fleet/loadTree.js';
import type { RoutedRequest } from '../../sim/fleet/router.js';
import type { RouterPolicy } from '../../sim/fleet/routerSpec.js';
import { Dice } from '../engine/dice.js';

/** A router over replicas with these numbers of requests (and prompt tokens). */
function routerOver(
  policy: RouterPolicy,
  loads: readonly number[],
  options: { slack?: number; tokens?: readonly number[]; cachedOn?: number } = {},
) {
  const requests = treeOf(loads);
  const asked: number[] = [];
  const route = buildRouter(
    { policy, slack: options.slack ?? 0 },
    {
      replicas: loads.length,
      requests,
      tokens: treeOf(options.tokens ?? loads),
      bestCached: (_request, _timeMs, slack) => {
        asked.push(slack);
        return options.cachedOn ?? -1;
      },
    },
  );
  return {
    asked,
    requests,
    choose: (request: Partial<RoutedRequest> = {}) =>
      route({ stream: 0, promptTokens: 1, draw: 0, affinityKey: 0, ...request }, 0),
  };
}

function treeOf(loads: readonly number[]): LoadTree {
  const tree = new LoadTree(loads.length);
  for (const [index, load] of loads.entries()) tree.add(index, load);
  return tree;
}

test('round-robin takes turns, whatever the loads', () => {
  const { choose } = routerOver('round-robin', [9, 0, 5]);
  expect([choose(), choose(), choose(), choose()]).toEqual([0, 1, 2, 0]);
});

test('random cuts the draw into equal parts', () => {
  const { choose } = routerOver('random', [9, 0, 5, 0]);
  const chosen = [0, 0.24, 0.25, 0.5, 0.99, 1 - 2 ** -53].map((draw) => choose({ draw }));
  expect(chosen).toEqual([0, 0, 1, 2, 3, 3]);
});

test('least-requests and least-tokens look at their own loads, ties to the lowest index', () => {
  expect(routerOver('least-requests', [3, 1, 1], { tokens: [0, 9, 9] }).choose()).toBe(1);
  expect(routerOver('least-tokens', [0, 9, 9], { tokens: [3, 1, 1] }).choose()).toBe(1);
});

describe('power-of-two', () => {
  test('takes the less loaded of two different replicas, equals by index', () => {
    const { choose } = routerOver('power-of-two', [2, 1, 1]);
    // 3·draw = first + rest; the second is the first or second one after it, by rest.
    const pairs = [0 / 6, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6].map((draw) =>
      choose({ draw: draw + 0.01 }),
    );
    // (0,1) (0,2) (1,2) (1,0) (2,0) (2,1)
    expect(pairs).toEqual([1, 2, 1, 1, 2, 1]);
  });

  test('every pair is as likely: the least of 4 is chosen in half of all draws, the second in a third', () => {
    const { choose } = routerOver('power-of-two', [0, 1, 2, 3]);
    const dice = new Dice(1);
    const counts = [0, 0, 0, 0];
    const draws = 60_000;
    for (let i = 0; i < draws; i++) counts[choose({ draw: dice.uniform() })]!++;
    // Of 6 pairs, 3 hold replica 0, 2 more hold 1, one more 2. Four standard deviations: below 500.
    const expected = [30_000, 20_000, 10_000, 0];
    for (const [index, count] of counts.entries()) {
      expect(Math.abs(count - expected[index]!)).toBeLessThan(500);
    }
  });

  test('a single replica is both of the two', () => {
    expect(routerOver('power-of-two', [7]).choose({ draw: 0.999 })).toBe(0);
  });
});

describe('session-affinity', () => {
  const homeOf = (affinityKey: number) =>
    routerOver('session-affinity', [0, 0, 0, 0, 0]).choose({ affinityKey });

  test('one key has one home, and neighbouring keys are spread', () => {
    const homes = Array.from({ length: 1000 }, (_, key) => homeOf(key));
    expect(homes[7]).toBe(homeOf(7));
    const counts = [0, 1, 2, 3, 4].map(
      (replica) => homes.filter((home) => home === replica).length,
    );
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(60);
  });

  test('it stays while the home has at most `slack` requests above the least loaded', () => {
    const home = homeOf(7);
    const { choose, requests } = routerOver('session-affinity', [1, 1, 1, 1, 1], { slack: 2 });
    requests.add(home, 2);
    expect(choose({ affinityKey: 7 })).toBe(home);
    requests.add(home, 1);
    expect(choose({ affinityKey: 7 })).toBe(home === 0 ? 1 : 0);
  });
});

test('prefix-aware follows the cache within its slack, else the least loaded', () => {
  const cached = routerOver('prefix-aware', [1, 0, 5], { slack: 8, cachedOn: 2 });
  expect(cached.choose()).toBe(2);
  expect(cached.asked).toEqual([8]);
  expect(routerOver('prefix-aware', [1, 0, 5]).choose()).toBe(1);
});
