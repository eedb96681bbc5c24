import { describe, expect, test } from 'vitest';
import { LoadTree } from '../../sim/fleet/loadTree.js';
import type { RouterSpec } from '../../sim/fleet/routerSpec.js';
import { simulate } from '../../sim/run/simulate.js';
import { Dice } from '../engine/dice.js';
import { flatPool, handScenario, scripted } from '../run/handScenario.js';

/** Replicas of requests with one token each, sent at these times. */
function replicasOf(router: RouterSpec, timesMs: readonly number[]): number[] {
  const population = scripted(
    'a',
    timesMs.map((atMs) => [atMs, 10, 1] as const),
  );
  const pools = [flatPool('gpu', { iterationMs: 1000 }, { replicas: 4, router })];
  const scenario = handScenario({ horizonMs: 1e5, populations: [population], pools });
  return [...simulate(scenario, { seed: '1', replication: 0 }).requests.replica];
}

const least = { policy: 'least-requests', slack: 0 } as const;

describe('ties', () => {
  const farApart = [0, 10_000, 20_000, 30_000, 40_000];

  test('lowest: requests that find all replicas idle go to the first', () => {
    expect(replicasOf(least, farApart)).toEqual([0, 0, 0, 0, 0]);
  });

  test('rotate: they go to each in turn', () => {
    expect(replicasOf({ ...least, ties: 'rotate' }, farApart)).toEqual([0, 1, 2, 3, 0]);
    const prefix = { policy: 'prefix-aware', slack: 0, ties: 'rotate' } as const;
    expect(replicasOf(prefix, farApart)).toEqual([0, 1, 2, 3, 0]);
  });

  test('LoadTree.leastFrom is the first of the least loaded from a place on, round the end', () => {
    const dice = new Dice(3);
    for (let world = 0; world < 200; world++) {
      const loads = Array.from({ length: dice.int(1, 9) }, () => dice.int(0, 2));
      const tree = new LoadTree(loads.length);
      for (const [index, load] of loads.entries()) tree.add(index, load);
      const least = Math.min(...loads);
      for (let from = 0; from < loads.length; from++) {
        const after = loads.findIndex((load, index) => index >= from && load === least);
        const expected = after >= 0 ? after : loads.indexOf(least);
        expect([loads, from, tree.leastFrom(from)]).toEqual([loads, from, expected]);
      }
    }
  });
});

describe('staleness', () => {
  const burst = [100, 101, 102, 103, 104, 105, 106, 107];

  test('live loads spread a burst; loads read once a second send all of it to one replica', () => {
    expect(replicasOf(least, burst)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(replicasOf({ ...least, stalenessMs: 1000 }, burst)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('loads are read at the first request of each interval', () => {
    const stale = { ...least, stalenessMs: 100 };
    // Read at 50, 110 and 230: by then one, three and four requests are on their way.
    expect(replicasOf(stale, [50, 110, 120, 230, 240])).toEqual([0, 1, 1, 2, 2]);
  });

  test('a weighted router goes by stale loads too, but takes turns among equals', () => {
    const weights = { prefix: 0, requests: 1, queue: 1, kv: 1, tokens: 1, session: 0 };
    const weighted = { policy: 'weighted', slack: 0, weights } as const;
    const stale = replicasOf({ ...weighted, stalenessMs: 1000 }, [0, ...burst]);
    expect(stale).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0]);
  });
});
