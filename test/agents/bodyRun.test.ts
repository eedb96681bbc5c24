import { describe, expect, test } from 'vitest';
import type { ServersSpec } from '../../sim/agents/resourceSpec.js';
import type { LoopStep, ParallelStep, Step } from '../../sim/agents/taskGraph.js';
import { Outcome } from '../../sim/facts/requestTable.js';
import { flatPool } from '../run/handScenario.js';
import { brokenPartitions, notEndedOnce, stillHeld } from './agentInvariants.js';
import { body, chain, constant, infer, oneTask, runTask, taskScenario, tool } from './handTasks.js';

/** A pool of tool servers. */
function servers(slots: number, changes: Partial<ServersSpec> = {}): ServersSpec {
  const maxWaiting = Number.POSITIVE_INFINITY;
  return { kind: 'tools', name: 'builders', slots, maxWaiting, usdPerHour: undefined, ...changes };
}

function parallel(
  copies: number,
  join: ParallelStep['join'],
  inner: ParallelStep['body'],
  after: readonly number[] = [],
): Step {
  return { kind: 'parallel', id: 'fan', after, copies: constant(copies), join, body: inner };
}

function loop(
  rounds: LoopStep['rounds'],
  inner: LoopStep['body'],
  changes: Partial<LoopStep> = {},
): Step {
  const lastRoundEndsAfter = undefined;
  const maxRounds = 20;
  const id = 'loop';
  return {
    kind: 'loop',
    id,
    after: [],
    rounds,
    maxRounds,
    body: inner,
    lastRoundEndsAfter,
    ...changes,
  };
}

/** How long one task of these steps takes, with the run checked against all invariants. */
function taskMs(task: Parameters<typeof oneTask>[0], resources: ServersSpec[] = []): number {
  const { run, turns } = runTask(taskScenario([oneTask(task)], resources));
  expect([...brokenPartitions(run), ...notEndedOnce(run), ...stillHeld(run)]).toEqual([]);
  expect(turns).toHaveLength(1);
  return turns[0]![1]!;
}

describe('a graph', () => {
  test('a diamond of 1 → {2, 5} → 1 s takes 7 s, and each step starts when all before it have ended', () => {
    const diamond = body(
      tool('a', 1000),
      tool('b', 2000, [0]),
      tool('c', 5000, [0]),
      tool('d', 1000, [1, 2]),
    );
    const { steps, turns } = runTask(taskScenario([oneTask(diamond)]));
    expect(steps).toEqual(['a: 0–1000', 'b: 1000–3000', 'c: 1000–6000', 'd: 6000–7000']);
    // Then the human thinks for a second.
    expect(turns).toEqual([[0, 7000, 8000]]);
  });

  test('steps that wait for nothing start together; the last to end ends the task', () => {
    expect(taskMs(body(tool('a', 3000), infer('b'), tool('c', 2000)))).toBe(3000);
  });

  test('a task of nothing ends when it starts', () => {
    expect(taskMs(body())).toBe(0);
  });

  test('two jobs on one server take turns', () => {
    const onServer = { resource: 'builders' };
    const both = body(tool('a', 2000, [], onServer), tool('b', 3000, [], onServer));
    expect(taskMs(both, [servers(1)])).toBe(5000);
    expect(taskMs(both, [servers(2)])).toBe(3000);
  });

  test('a failing tool is tried again, and after the last retry the task goes on', () => {
    const flaky = tool('a', 1000, [], { failureProbability: 1, retries: 2 });
    expect(taskMs(chain(flaky, tool('b', 500)))).toBe(3500);
  });

  test('a job that is turned away counts as a failure: the task goes on', () => {
    const onServer = { resource: 'builders' };
    const both = body(tool('a', 2000, [], onServer), tool('b', 9000, [], onServer));
    expect(taskMs(both, [servers(1, { maxWaiting: 0 })])).toBe(2000);
  });
});

describe('a loop', () => {
  const round = chain(infer('think'), tool('act', 10_000));

  test('n answers need n − 1 tool rounds: 3 · 1 s + 2 · 10 s', () => {
    const rounds = { kind: 'count', times: constant(3) } as const;
    expect(taskMs(body(loop(rounds, round, { lastRoundEndsAfter: 0 })))).toBe(23_000);
    expect(taskMs(body(loop(rounds, round)))).toBe(33_000);
  });

  test('until done: one round when it is sure, the most rounds when it never is', () => {
    const sure = { kind: 'untilDone', doneProbability: 1 } as const;
    const hopeless = { kind: 'untilDone', doneProbability: 0 } as const;
    expect(taskMs(body(loop(sure, round)))).toBe(11_000);
    expect(taskMs(body(loop(hopeless, round, { maxRounds: 4 })))).toBe(44_000);
  });

  test('no rounds take no time, and a million without work do not exhaust the stack', () => {
    const none = { kind: 'count', times: constant(0) } as const;
    const many = { kind: 'count', times: constant(1e6) } as const;
    expect(taskMs(body(loop(none, round)))).toBe(0);
    expect(taskMs(body(loop(many, body(), { maxRounds: 1e6 })))).toBe(0);
  });
});

describe('a parallel step', () => {
  const job = body(tool('job', 1000, [], { resource: 'builders' }));

  /** Three copies on one server, one after the other, then a job that needs the server. */
  test.each([
    [{ kind: 'all' }, 3000, 3],
    [{ kind: 'any' }, 1000, 1],
    [{ kind: 'quorum', count: 2 }, 2000, 2],
  ] as const)('join on %j ends after %d ms, and the losers leave the queue', (join, ms, served) => {
    const after = tool('after', 500, [0], { resource: 'builders' });
    const task = oneTask(body(parallel(3, join, job), after));
    const { run, steps } = runTask(taskScenario([task], [servers(1)]));
    expect(steps).toContain(`after: ${ms}–${ms + 500}`);
    expect(run.agents!.resources[0]!.completed).toBe(served + 1);
    expect([...notEndedOnce(run), ...stillHeld(run)]).toEqual([]);
    // A step that was cancelled has no end.
    expect(steps.filter((line) => line.endsWith('NaN'))).toHaveLength(3 - served);
  });

  test('losers that are being served give their servers back', () => {
    // Both servers are at work on copies; when the short one ends the long one is stopped.
    const either = body(
      parallel(1, { kind: 'all' }, body(tool('short', 1000, [], { resource: 'builders' }))),
    );
    const race: Step = {
      kind: 'loop',
      id: 'race',
      after: [],
      rounds: { kind: 'count', times: constant(1) },
      maxRounds: 1,
      body: body(...either.steps, tool('long', 50_000, [], { resource: 'builders' })),
      lastRoundEndsAfter: 0,
    };
    const after = tool('after', 500, [0], { resource: 'builders' });
    const also = tool('also', 500, [0], { resource: 'builders' });
    const { run, steps } = runTask(taskScenario([oneTask(body(race, after, also))], [servers(2)]));
    expect(steps).toEqual(['short: 0–1000', 'long: 0–NaN', 'after: 1000–1500', 'also: 1000–1500']);
    expect(stillHeld(run)).toEqual([]);
  });

  test('losers that wait for, or run in, an engine give slot and KV blocks back', () => {
    // Outputs differ by draw. One slot: the second call waits. Two slots: both run.
    const outputTokens = { kind: 'uniform', min: 5, max: 40, round: 'nearest' } as const;
    const race = parallel(2, { kind: 'any' }, body(infer('try', [], { outputTokens })));
    // Needs 98 of the 100 blocks: it runs only when the loser's are free.
    const long = infer('long', [0], { appendTokens: constant(1520) });
    for (const maxSequences of [1, 2]) {
      const pools = [flatPool('gpu', { maxSequences, maxBatchTokens: 2048 })];
      const task = oneTask(body(race, long), { startTokens: constant(10) });
      const { run } = runTask(taskScenario([task], [], { pools, horizonMs: 1e6 }));
      expect(Array.from(run.requests.outcome).sort()).toEqual([
        Outcome.completed,
        Outcome.completed,
        Outcome.cancelled,
      ]);
      expect([...notEndedOnce(run), ...stillHeld(run), ...brokenPartitions(run)]).toEqual([]);
      const [first, second, last] = Array.from(run.requests.finishMs);
      // The loser is gone when the winner ends, or one iteration later.
      expect(Math.abs(first! - second!)).toBeLessThanOrEqual(1000);
      expect(run.requests.scheduledMs[2]! - Math.min(first!, second!)).toBeLessThanOrEqual(2000);
      expect(last).toBeGreaterThan(Math.max(first!, second!));
    }
  });

  test('losers give their sandboxes back, whether up, starting or in the queue', () => {
    const durationMs = { kind: 'uniform', min: 1000, max: 60_000 } as const;
    const inSandbox = chain(
      { kind: 'sandbox', id: 'box', after: [], resource: 'hosts' },
      tool('test', durationMs),
    );
    const hosts = {
      kind: 'sandboxes',
      name: 'hosts',
      slots: 3,
      maxWaiting: Number.POSITIVE_INFINITY,
      usdPerHour: undefined,
      createMs: { kind: 'uniform', min: 1000, max: 20_000 },
      warmStartMs: 0,
      warmTarget: 0,
      createIntervalMs: 1000,
    } as const;
    for (let seed = 0; seed < 10; seed++) {
      const task = oneTask(body(parallel(6, { kind: 'any' }, inSandbox), tool('after', 1000, [0])));
      const { run } = runTask(taskScenario([task], [hosts]), `${seed}`);
      expect([...notEndedOnce(run), ...stillHeld(run)]).toEqual([]);
      expect(run.agents!.resources[0]!.timeline.waiting[0]).toBeGreaterThan(0);
    }
  });

  test('copies work on forks, and what they wrote is appended to the context', () => {
    const fan = parallel(2, { kind: 'all' }, body(infer('copy')), [0]);
    const task = oneTask(body(infer('first'), fan, infer('last', [1])));
    const { run } = runTask(taskScenario([task]));
    // 1000 + 10; each copy 1030 + 10; then 1030 + 2 · (10 + 20) + 10.
    expect(Array.from(run.requests.promptTokens)).toEqual([1010, 1040, 1040, 1100]);
    expect(run.agents!.sessions.contextTokens[0]).toBe(1120);
  });
});

test('a branch takes its arms by weight, within 4 standard errors over 4,000 tasks', () => {
  const arms = [
    { weight: 1, body: body(tool('rare', 1)) },
    { weight: 3, body: body(tool('usual', 2)) },
  ];
  const task = oneTask(body({ kind: 'branch', id: 'fork', after: [], arms }), {
    tasks: constant(4000),
  });
  const { turns } = runTask(taskScenario([task]));
  const usual = turns.filter(([submitMs, yieldMs]) => yieldMs! - submitMs! === 2).length;
  expect(turns).toHaveLength(4000);
  expect(Math.abs(usual / 4000 - 0.75)).toBeLessThan(4 * Math.sqrt((0.75 * 0.25) / 4000));
});

test('a sub-agent works on a context of its own; its result is appended to that of its parent', () => {
  const helper: Step = {
    kind: 'agent',
    id: 'helper',
    after: [0],
    body: chain(infer('look'), infer('report')),
    startTokens: constant(100),
    resultTokens: constant(50),
    sharedPrefix: { id: 'helpers', tokens: 200 },
  };
  const { run } = runTask(
    taskScenario([oneTask(body(infer('plan'), helper, infer('go on', [1])))]),
  );
  // 1000 + 10; 200 + 100 + 10, then + 20 + 10; 1030 + 50 + 10.
  expect(Array.from(run.requests.promptTokens)).toEqual([1010, 310, 340, 1090]);
  expect(notEndedOnce(run)).toEqual([]);
});

test('the result of a tool is computed with the next call', () => {
  const resultTokens = constant(300);
  const task = oneTask(chain(infer('a'), tool('read', 10, [], { resultTokens }), infer('b')));
  const { run } = runTask(taskScenario([task]));
  expect(Array.from(run.requests.promptTokens)).toEqual([1010, 1340]);
});

test('a call that is turned away ends the task with an error, and everything else of it', () => {
  const pools = [flatPool('gpu', { kvBlocks: 10 })];
  // 1,010 tokens never fit 160; the build would take a minute more.
  const task = oneTask(body(infer('ask'), tool('build', 60_000, [], { resource: 'builders' })));
  const { run, turns, ends } = runTask(taskScenario([task], [servers(1)], { pools }));
  expect(turns).toEqual([[0, 0, 1000]]);
  expect(ends).toEqual([4]);
  expect([...notEndedOnce(run), ...stillHeld(run)]).toEqual([]);
  expect(run.agents!.resources[0]!.completed).toBe(0);
});
