import { expect, test } from 'vitest';
import type { Scenario } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { type ReplicationPlan, runReplications } from '../../src/cli/runReplications.js';
import { listenForStop } from '../../src/cli/stopSignals.js';
import { exampleScenario } from '../metrics/exampleScenario.js';

/** One server, a request every 10 ms that takes 5 ms. */
const scenario: Scenario = {
  ...exampleScenario,
  pools: [
    {
      kind: 'station',
      name: 'server',
      serves: ['chat'],
      discipline: 'fcfs',
      servers: 1,
      serviceMs: { kind: 'constant', value: 5 },
      maxWaiting: Number.POSITIVE_INFINITY,
      usdPerServerHour: undefined,
    },
  ],
  placement: [{ when: {}, prefer: ['server'], spillAt: {} }],
};

const world = { scenario, seed: '1', replications: 4 };

function plan(changes: Partial<ReplicationPlan> = {}): ReplicationPlan {
  return {
    worlds: [world],
    stop: new AbortController().signal,
    onOutOfMemory: () => {},
    onProgress: () => {},
    onFinished: () => {},
    ...changes,
  };
}

test('threads give the same runs as the simulator itself, in order', async () => {
  const [runs] = await runReplications(plan());
  const own = [0, 1, 2, 3].map((replication) => simulate(scenario, { seed: '1', replication }));
  expect(runs).toEqual(own);
  expect(new Set(runs!.map(({ fingerprint }) => fingerprint)).size).toBe(4);
});

test('stopped after the third of many, it returns finished ones only', async () => {
  const stop = new AbortController();
  let finished = 0;
  const [runs = []] = await runReplications(
    plan({
      worlds: [{ ...world, replications: 1000 }],
      stop: stop.signal,
      onFinished: () => {
        finished++;
        if (finished === 3) stop.abort();
      },
    }),
  );
  expect(runs.length).toBeGreaterThanOrEqual(3);
  expect(runs.length).toBeLessThan(10);
  const numbers = runs.map(({ replication }) => replication);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
});

test('a bug in a thread is told with its replication', async () => {
  const impossible = { ...scenario, horizonMs: Number.POSITIVE_INFINITY };
  await expect(
    runReplications(plan({ worlds: [world, { ...world, scenario: impossible }], workers: 1 })),
  ).rejects.toMatchObject({
    name: 'SimulationFailed',
    world: 1,
    replication: 0,
    message: expect.stringMatching(/^simulator bug: horizon of Infinity ms/),
  });
});

test('several worlds give the same runs with one thread and with three', async () => {
  const faster = { ...scenario, drain: false };
  const worlds = [world, { scenario: faster, seed: '2', replications: 2 }];
  const order: string[] = [];
  const alone = await runReplications(
    plan({
      worlds,
      workers: 1,
      onFinished: (job) => order.push(`${job.world}/${job.replication}`),
    }),
  );
  const together = await runReplications(plan({ worlds, workers: 3 }));
  expect(together).toEqual(alone);
  expect(alone.map((runs) => runs.length)).toEqual([4, 2]);
  // So that what is stopped has pairs.
  expect(order).toEqual(['0/0', '1/0', '0/1', '1/1', '0/2', '0/3']);
});

test('a thread that runs out of memory is no bug: what was finished is returned', async () => {
  const said: string[] = [];
  const stop = listenForStop('stopping', { say: (text) => said.push(text) });
  const { onOutOfMemory, signal } = stop;
  // Less than the program of a thread takes.
  const runs = await runReplications(plan({ workers: 2, heapMb: 1, onOutOfMemory }));
  stop.release();
  expect(runs).toEqual([[]]);
  expect(said).toEqual([
    expect.stringMatching(/^a replication needed more memory .*\nFewer --workers/),
  ]);
  expect([signal.aborted, stop.exitCode]).toEqual([true, 3]);
});
