import { describe, expect, test } from 'vitest';
import type { RequestPopulation } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { chain, constant, infer, oneTask } from '../agents/handTasks.js';
import { type FlatEngine, flatPool, handScenario, scripted } from './handScenario.js';

const oneSlot: FlatEngine = { asyncScheduling: false, maxSequences: 1 };

/** When requests `[atMs, prompt, output]` of two populations begin, on a replica with one slot and iterations of a second. */
function begins(
  engine: FlatEngine,
  first: Partial<RequestPopulation>,
  second: Partial<RequestPopulation>,
): number[] {
  const scenario = handScenario({
    populations: [
      scripted(
        'a',
        [
          [0, 10, 3],
          [500, 10, 1],
        ],
        first,
      ),
      scripted('b', [[600, 5, 1]], second),
    ],
    pools: [flatPool('gpu', { ...oneSlot, ...engine })],
  });
  const { requests } = simulate(scenario, { seed: '1', replication: 0 });
  return [...requests.scheduledMs];
}

describe('two requests wait for one slot until 3 s', () => {
  test.each([
    ['first come first served', {}, {}, {}, [0, 3000, 4000]],
    ['by class', { order: 'priority' }, { priority: 1 }, {}, [0, 4000, 3000]],
    ['of one class', { order: 'priority' }, { priority: 1 }, { priority: 1 }, [0, 3000, 4000]],
    ['shortest first', { order: 'shortest-first' }, {}, {}, [0, 4000, 3000]],
    [
      'by deadline, at 900 and 899 ms',
      { order: 'deadline' },
      { deadlineMs: 400 },
      { deadlineMs: 299 },
      [0, 4000, 3000],
    ],
    [
      'by deadline, at 900 and 901 ms',
      { order: 'deadline' },
      { deadlineMs: 400 },
      { deadlineMs: 301 },
      [0, 3000, 4000],
    ],
    [
      'with and without a deadline',
      { order: 'deadline' },
      {},
      { deadlineMs: 1e9 },
      [0, 4000, 3000],
    ],
  ] as const)('%s', (_, engine, first, second, expected) => {
    expect(begins(engine, first, second)).toEqual(expected);
  });
});

describe('the calls of a task', () => {
  /** A task of two calls of 1 + 2 tokens, and requests that fill the slot meanwhile. */
  function secondCall(engine: FlatEngine, changes: { priority?: number } = {}): number {
    const task = chain(
      infer('one', [], { outputTokens: constant(2), appendTokens: constant(1) }),
      infer('two', [], { outputTokens: constant(1), appendTokens: constant(1), ...changes }),
    );
    const population = oneTask(task, { startTokens: constant(0) });
    const scenario = handScenario({
      // The task's first call runs from 0 to 2 s, and the second comes then; the slot is taken up to 5 s.
      populations: [
        scripted(
          'a',
          [
            [100, 4, 3],
            [2500, 4, 1],
          ],
          { priority: 1 },
        ),
      ],
      pools: [flatPool('gpu', { ...oneSlot, ...engine })],
      agents: { populations: [population], resources: [], prehistory: undefined },
    });
    const { requests } = simulate(scenario, { seed: '1', replication: 0 });
    const { arrivalMs, scheduledMs } = requests;
    return scheduledMs[arrivalMs.indexOf(2000)]!;
  }

  test('wait behind requests that were given less than their task', () => {
    expect(secondCall({})).toBe(5000);
    expect(secondCall({ order: 'least-attained-service' })).toBe(6000);
  });

  test('go by the class of their population, or of their step', () => {
    expect(secondCall({ order: 'priority' })).toBe(2000);
    expect(secondCall({ order: 'priority' }, { priority: 2 })).toBe(6000);
  });
});

test('a pool behind admission gets the urgency of a request', () => {
  const population = (name: string, priority: number, script: [number, number, number][]) =>
    scripted(name, script, { priority });
  const beginsBehind = (changes: Parameters<typeof flatPool>[2]) => {
    const scenario = handScenario({
      populations: [
        population('a', 1, [
          [0, 10, 3],
          [500, 10, 1],
        ]),
        population('b', 0, [[600, 5, 1]]),
      ],
      pools: [flatPool('gpu', { ...oneSlot, order: 'priority' }, changes)],
    });
    return [...simulate(scenario, { seed: '1', replication: 0 }).requests.scheduledMs];
  };
  const open = { rate: { counts: 'requests', perMs: 1, burst: 100 } } as const;
  expect(beginsBehind({ admission: open })).toEqual([0, 4000, 3000]);
});
