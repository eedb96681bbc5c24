import { describe, expect, test } from 'vitest';
import { buildPlacement, type PlacementTarget } from '../../sim/fleet/placement.js';
import type { PlacementPolicy, PlacementRule } from '../../sim/fleet/placementRule.js';

const never = -1;

/** A pool that serves `chat`, empty and large unless told otherwise. */
function pool(name: string, state: Partial<Record<keyof PlacementTarget, unknown>> = {}) {
  return {
    name,
    serves: ['chat'],
    units: 1,
    canHold: () => true,
    hasRoom: () => true,
    waiting: () => 0,
    queueTimeMs: () => 0,
    ...state,
  } as PlacementTarget;
}

const full = { hasRoom: () => false };
const waiting = (count: number) => ({ waiting: () => count });

function rule(prefer: string[], parts: Partial<PlacementRule> = {}): PlacementRule {
  return { when: {}, spillAt: {}, ...parts, prefer };
}

/** Where a request of 1,000 + 10 tokens of an interactive chat population goes. */
function placed(
  pools: readonly PlacementTarget[],
  rules: readonly PlacementRule[] = [],
  { promptTokens = 1000, role = 'chat', interactive = true, population = 'people' } = {},
): number {
  return buildPlacement({ population, role, interactive }, rules, pools)(promptTokens, 10, 0);
}

describe('without rules', () => {
  test('the first pool that serves the role gets the request', () => {
    expect(placed([pool('a', { serves: ['code'] }), pool('b'), pool('c')])).toBe(1);
  });

  test('it is passed over when the request can never fit, or when its waiting room is full', () => {
    expect(placed([pool('a', { canHold: () => false }), pool('b')])).toBe(1);
    expect(placed([pool('a', full), pool('b')])).toBe(1);
  });

  test('a request that fits nowhere never fits; one that nobody has room for goes to the last that could hold it', () => {
    const small = { canHold: (prompt: number, output: number) => prompt + output <= 1009 };
    expect(placed([pool('a', small), pool('b', small)])).toBe(never);
    expect(placed([pool('a', full), pool('b', full), pool('c', small)])).toBe(1);
    expect(placed([pool('a', { serves: ['code'] })])).toBe(never);
  });
});

describe('the first rule that matches decides', () => {
  const pools = [pool('a'), pool('b'), pool('c')];

  test.each([
    [{ interactive: true }, 1],
    [{ interactive: false }, 2],
    [{ role: 'chat' }, 1],
    [{ role: 'code' }, 2],
    [{ population: 'people' }, 1],
    [{ population: 'robots' }, 2],
    [{ contextTokens: { min: 1000, max: 1000 } }, 1],
    [{ contextTokens: { min: 1001, max: 2000 } }, 2],
    [{ contextTokens: { min: 0, max: 999 } }, 2],
    [{ interactive: true, role: 'code' }, 2],
    [{}, 1],
  ])('when %o', (when, expected) => {
    expect(placed(pools, [rule(['b'], { when }), rule(['c'])])).toBe(expected);
  });

  test('no rule matches: all pools that serve the role, in their order', () => {
    expect(placed(pools, [rule(['c'], { when: { role: 'code' } })])).toBe(0);
  });

  test('its pools are tried in its order, those that do not serve the role left out', () => {
    const mixed = [pool('a'), pool('b', { serves: ['code'] }), pool('c')];
    expect(placed(mixed, [rule(['b', 'c', 'a'])])).toBe(2);
  });
});

const taking = (queueMs: number, prefillMs: number, decodeMs: number, usd: number) => ({
  estimate: () => ({ queueMs, prefillMs, decodeMs, usd }),
});

describe('a policy chooses by what a call is expected to take and cost', () => {
  const pools = [
    pool('cheap', taking(3000, 1000, 8000, 0.001)),
    pool('fair', taking(0, 1000, 8000, 0.002)),
    pool('fast', taking(500, 100, 900, 0.02)),
  ];
  const chosen = (policy: PlacementPolicy, targetMs = 10_000, among = pools) =>
    placed(among, [rule([], { policy, targetMs })]);

  test('fastest: the least of queue, prefill and decode together', () => {
    expect(chosen('fastest')).toBe(2);
  });

  test('cheapest-that-meets: the cheapest within the target, the bound included; else the fastest', () => {
    expect(chosen('cheapest-that-meets', 12_000)).toBe(0);
    expect(chosen('cheapest-that-meets', 11_999)).toBe(1);
    expect(chosen('cheapest-that-meets', 9000)).toBe(1);
    expect(chosen('cheapest-that-meets', 8999)).toBe(2);
    expect(chosen('cheapest-that-meets', 100)).toBe(2);
  });

  test('cost-per-flow: USD / (1 − e^(−target / time))', () => {
    // Within 10 s: .001/.565 = .0018, .002/.671 = .0030, .02/1 = .02. Within 0.2 s: .061, .091, .153.
    expect(chosen('cost-per-flow', 10_000)).toBe(0);
    expect(chosen('cost-per-flow', 200)).toBe(0);
    // A pool that queues for minutes costs less per call and more per call in flow: .001/.004 against .002/.015.
    const crowded = [pool('cheap', taking(500_000, 0, 0, 0.001)), pools[1]!];
    expect(chosen('cost-per-flow', 2000, crowded)).toBe(1);
  });

  test('among the pools that it may use, that can hold the request, and that have room', () => {
    const fast = taking(0, 0, 1, 9);
    const others = [pool('a', { ...fast, ...full }), pool('b', { ...fast, canHold: () => false })];
    expect(chosen('fastest', 0, [...others, pools[1]!])).toBe(2);
    expect(placed(pools, [rule(['fair', 'cheap'], { policy: 'fastest' })])).toBe(1);
    expect(chosen('fastest', 0, others)).toBe(0);
  });

  test('equals: the first in its order', () => {
    const twins = [pool('a', taking(1, 1, 1, 1)), pool('b', taking(1, 1, 1, 1))];
    expect(placed(twins, [rule([], { policy: 'fastest' })])).toBe(0);
    expect(placed(twins, [rule(['b', 'a'], { policy: 'fastest' })])).toBe(1);
  });

  test('it is told the mean that is declared, not the length that was drawn', () => {
    const told: number[] = [];
    const estimate = (_stream: number, _prompt: number, output: number) => {
      told.push(output);
      return { queueMs: 0, prefillMs: 0, decodeMs: 0, usd: 0 };
    };
    const request = {
      population: 'people',
      role: 'chat',
      interactive: true,
      meanOutputTokens: () => 321,
    };
    buildPlacement(request, [rule([], { policy: 'fastest' })], [pool('a', { estimate })])(9, 77, 0);
    expect(told).toEqual([321]);
  });
});

describe('a pool is passed over from the threshold on', () => {
  test('of the expected wait: queue and prefill, not decode', () => {
    const rules = [rule(['a', 'b'], { spillAt: { waitMs: 2000 } })];
    expect(placed([pool('a', taking(500, 1499, 9000, 1)), pool('b')], rules)).toBe(0);
    expect(placed([pool('a', taking(500, 1500, 0, 1)), pool('b', taking(0, 0, 0, 1))], rules)).toBe(
      1,
    );
  });

  test('of waiting requests per unit', () => {
    const rules = [rule(['a', 'b'], { spillAt: { waiting: 3 } })];
    expect(placed([pool('a', { units: 2, ...waiting(5) }), pool('b')], rules)).toBe(0);
    expect(placed([pool('a', { units: 2, ...waiting(6) }), pool('b')], rules)).toBe(1);
  });

  test('of the queue time of who is first in line', () => {
    const rules = [rule(['a', 'b'], { spillAt: { queueTimeMs: 500 } })];
    expect(placed([pool('a', { queueTimeMs: () => 499 }), pool('b')], rules)).toBe(0);
    expect(placed([pool('a', { queueTimeMs: () => 500 }), pool('b')], rules)).toBe(1);
  });

  test('but never the last that has room', () => {
    const rules = [rule(['a', 'b', 'c'], { spillAt: { waiting: 1 } })];
    expect(placed([pool('a', waiting(1)), pool('b', waiting(9)), pool('c', full)], rules)).toBe(1);
    expect(placed([pool('a', full), pool('b', full), pool('c', full)], rules)).toBe(2);
  });
});
