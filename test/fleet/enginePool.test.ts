import { describe, expect, test } from 'vitest';
import type { RequestPopulation } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import type { BlockHashes } from '../../sim/workload/requestTrace.js';
import { flatPool, handScenario, scripted, traceOf } from '../run/handScenario.js';

type Script = readonly (readonly [number, number, number])[];

/** Requests with the hashes of their blocks of 16 tokens. */
function hashed(requests: Script, hashes: readonly (readonly number[])[]): RequestPopulation {
  const blockHashes: BlockHashes = {
    blockTokens: 16,
    ids: Int32Array.from(hashes.flat()),
    offsets: Int32Array.from([[], ...hashes], (_, index) => hashes.slice(0, index).flat().length),
  };
  const trace = { ...traceOf(requests), blockHashes };
  return scripted('a', [], { source: { kind: 'replay', trace, rateFactor: 1, copies: 1 } });
}

describe('prefix-aware routing', () => {
  const replicasOf = (population: RequestPopulation, slack: number) => {
    const router = { policy: 'prefix-aware', slack } as const;
    const pools = [flatPool('gpu', { kvBlocks: 20 }, { replicas: 3, router })];
    const scenario = handScenario({ horizonMs: 1e5, populations: [population], pools });
    const { requests } = simulate(scenario, { seed: '1', replication: 0 });
    return { replica: [...requests.replica], hits: [...requests.hitTokens] };
  };

  test('a prompt goes where most of it is cached, a new one to the least loaded', () => {
    const population = hashed(
      [
        [0, 64, 1],
        [1, 64, 1],
        [2, 64, 1],
        [9000, 80, 1],
        [19_000, 80, 1],
        [29_000, 32, 1],
      ],
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
        [1, 2, 9, 10],
        [5, 6, 7, 8, 11],
        [1, 2, 9, 12, 13],
        [5, 14],
      ],
    );
    // While the first two run, the third shares 2 blocks with the first, but not for a slack of 0.
    expect(replicasOf(population, 0)).toEqual({
      replica: [0, 1, 2, 1, 2, 1],
      hits: [0, 0, 0, 64, 48, 16],
    });
    // With a slack of 1 it follows them: 32 tokens are hits, and the fifth finds 3 blocks there.
    expect(replicasOf(population, 1)).toEqual({
      replica: [0, 1, 0, 1, 0, 1],
      hits: [0, 0, 32, 64, 48, 16],
    });
  });

  test('of two replicas that hold the same prefix the less loaded gets the request', () => {
    const population = hashed(
      [
        [0, 32, 1],
        [1, 32, 1],
        [9000, 200, 9],
        [9001, 48, 1],
      ],
      [
        [1, 2],
        [1, 2],
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
        [1, 2, 14],
      ],
    );
    // Idle both, the lower index; then that one is busy.
    expect(replicasOf(population, 0).replica).toEqual([0, 1, 0, 1]);
  });

  test('what a replica holds beyond the shared prefix does not count', () => {
    const long = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    const population = hashed(
      [
        [0, 192, 1],
        [0, 48, 1],
        [9000, 208, 9],
        [9001, 96, 1],
      ],
      [long, [1, 2, 14], [...long, 13], [1, 15, 16, 17, 18, 19]],
    );
    // The first two start on empty caches. Both replicas hold the one block that the last shares with them.
    expect(replicasOf(population, 5)).toEqual({ replica: [0, 1, 0, 1], hits: [0, 0, 192, 16] });
  });
});

test('a pool is passed over once its first in line has waited for half a second', () => {
  const oneByOne = { maxSequences: 1, asyncScheduling: false };
  const populations = [
    scripted('a', [
      [0, 1, 3],
      [100, 1, 1],
      [599, 1, 1],
      [600, 1, 1],
      [3200, 1, 1],
    ]),
  ];
  const pools = [flatPool('left', oneByOne), flatPool('right', oneByOne)];
  const placement = [{ when: {}, prefer: ['left', 'right'], spillAt: { queueTimeMs: 500 } }];
  const scenario = handScenario({ populations, pools, placement });
  const { requests } = simulate(scenario, { seed: '1', replication: 0 });
  // At 3,000 the second runs; the third has waited since 599, so at 3,200 its wait sends others away.
  expect([...requests.pool]).toEqual([0, 0, 0, 1, 1]);
});

test('least-tokens counts the prompts inside, not the requests', () => {
  const script: Script = [
    [0, 60, 5],
    [1, 20, 5],
    [2, 20, 5],
    [3, 30, 5],
    [4, 20, 5],
    [30_000, 1, 1],
  ];
  const pools = [
    flatPool('gpu', {}, { replicas: 2, router: { policy: 'least-tokens', slack: 0 } }),
  ];
  const scenario = handScenario({ horizonMs: 1e5, populations: [scripted('a', script)], pools });
  const { requests } = simulate(scenario, { seed: '1', replication: 0 });
  // 60 against 0, 20 and 40; then 60 against 70; 80 and 70 are given back at the end.
  expect([...requests.replica]).toEqual([0, 1, 1, 1, 0, 0]);
});
