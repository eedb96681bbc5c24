import { describe, expect, test } from 'vitest';
import type { SessionWorkload } from '../../sim/agents/sessionWorkload.js';
import { TurnEnd } from '../../sim/facts/turnTable.js';
import { flatPool } from '../run/handScenario.js';
import { brokenPartitions, notEndedOnce, stillHeld } from './agentInvariants.js';
import {
  ask,
  body,
  chain,
  constant,
  infer,
  never,
  oneTask,
  runTask,
  taskScenario,
  tool,
} from './handTasks.js';

const { asked, answered, interrupted, open } = TurnEnd;

/** The human of `oneTask` with other habits. */
function human(changes: Partial<SessionWorkload['human']>): SessionWorkload['human'] {
  return { ...oneTask(body()).workload.human, ...changes };
}

/** Runs it, and checks what holds for every run that drains. */
function checked(scenario: Parameters<typeof runTask>[0]) {
  const result = runTask(scenario);
  const { run } = result;
  expect([...brokenPartitions(run), ...notEndedOnce(run), ...stillHeld(run)]).toEqual([]);
  return result;
}

describe('turns of a task', () => {
  test('a question ends a turn, and the answer begins the next', () => {
    const task = chain(infer('a'), ask('which?', 4000), infer('b'));
    const { turns, ends } = checked(taskScenario([oneTask(task)]));
    expect(turns).toEqual([
      [0, 1000, 5000],
      [5000, 6000, 7000],
    ]);
    expect(ends).toEqual([asked, answered]);
  });

  test('tasks follow each other as the human goes on, then the session ends', () => {
    const { turns, run } = checked(
      taskScenario([oneTask(chain(infer('a')), { tasks: constant(3) })]),
    );
    expect(turns).toEqual([
      [0, 1000, 2000],
      [2000, 3000, 4000],
      [4000, 5000, 6000],
    ]);
    const { sessions } = run.agents!;
    expect([sessions.endMs[0], sessions.tasks[0], sessions.succeededTasks[0]]).toEqual([
      6000, 3, 3,
    ]);
    // 1000, and three times 10 + 20.
    expect(sessions.contextTokens[0]).toBe(1090);
  });

  test('what the AI shows is read while it works, and the rest after the yield', () => {
    // The station answers as a whole: 20 tokens at 1 s. Read at 10 tokens a second, they last to 3 s.
    const task = chain(infer('a', [], { visibleShare: 1 }), tool('build', 5000));
    const workload = { human: human({ readingTokensPerMs: 0.01 }) };
    const { run } = checked(taskScenario([oneTask(task, workload)]));
    const { turns } = run.agents!;
    expect([turns.firstUsefulMs[0], turns.waitMs[0], turns.longestGapMs[0]]).toEqual([
      1000, 4000, 3000,
    ]);
    expect([turns.readingMs[0], turns.thinkingMs[0], turns.nextMs[0]]).toEqual([0, 1000, 7000]);
    const short = checked(
      taskScenario([oneTask(chain(infer('a', [], { visibleShare: 1 })), workload)]),
    );
    // Nothing but the answer: 2 s to read it, then a second to think.
    expect(short.run.agents!.turns.readingMs[0]).toBe(2000);
    expect(short.turns).toEqual([[0, 1000, 4000]]);
  });

  test('the human stops the AI in the middle of a call and a build', () => {
    const task = body(infer('a'), tool('build', 50_000));
    const interruption = { probability: 1, afterMs: constant(400) };
    const { turns, ends, run } = checked(taskScenario([oneTask(task, { interruption })]));
    expect(turns).toEqual([[0, 400, 1400]]);
    expect(ends).toEqual([interrupted]);
    expect(run.agents!.sessions.succeededTasks[0]).toBe(0);
    const late = checked(
      taskScenario([
        oneTask(chain(infer('a')), { interruption: { probability: 1, afterMs: constant(5000) } }),
      ]),
    );
    expect(late.ends).toEqual([answered]);
  });

  test('a failure is tried again within the turn, as often as is allowed', () => {
    const success = { byAttempt: [0, 0, 1], maxAttempts: 5 };
    const { turns, run } = checked(taskScenario([oneTask(chain(infer('a')), { success })]));
    expect(turns).toEqual([[0, 3000, 4000]]);
    expect(run.agents!.sessions.succeededTasks[0]).toBe(1);
    const hopeless = { byAttempt: [0], maxAttempts: 2 };
    const failed = checked(taskScenario([oneTask(chain(infer('a')), { success: hopeless })]));
    expect(failed.turns).toEqual([[0, 2000, 3000]]);
    expect(failed.run.agents!.sessions.succeededTasks[0]).toBe(0);
  });

  test('a run that is cut leaves the turn open with its wait so far', () => {
    const task = chain(tool('build', 50_000));
    const cut = { drain: false, horizonMs: 10_000 };
    const { run, ends } = runTask(taskScenario([oneTask(task)], [], cut));
    const { turns, sessions } = run.agents!;
    expect(ends).toEqual([open]);
    expect([turns.waitMs[0], turns.yieldMs[0], turns.nextMs[0]]).toEqual([
      10_000,
      10_000,
      Number.NaN,
    ]);
    expect([sessions.end[0], sessions.endMs[0]]).toEqual([0, Number.NaN]);
  });
});

describe('while the human is at a question', () => {
  test('the AI goes on; the wait begins with the answer', () => {
    // Asked at once, answered at 1 s; the build lasts to 5 s.
    const task = body(ask('which?', 1000), tool('build', 5000));
    const { turns, run } = checked(taskScenario([oneTask(task)]));
    expect(turns).toEqual([
      [0, 0, 1000],
      [1000, 5000, 6000],
    ]);
    expect(Array.from(run.agents!.turns.waitMs)).toEqual([0, 4000]);
  });

  test('a second question waits for the first, then is there at once', () => {
    const task = body(ask('which?', 1000), ask('how?', 2000));
    const { turns, ends } = checked(taskScenario([oneTask(task)]));
    expect(turns).toEqual([
      [0, 0, 1000],
      [1000, 1000, 3000],
      [3000, 3000, 4000],
    ]);
    expect(ends).toEqual([asked, asked, answered]);
  });

  test('the task may end: the answer comes too late, and the next task follows it', () => {
    const race = {
      kind: 'loop',
      id: 'race',
      after: [],
      rounds: { kind: 'count', times: constant(1) },
      maxRounds: 1,
      body: body(ask('which?', 10_000), tool('try', 1000)),
      lastRoundEndsAfter: 1,
    } as const;
    const { turns, ends } = checked(taskScenario([oneTask(body(race), { tasks: constant(2) })]));
    expect(turns).toEqual([
      [0, 0, 10_000],
      [10_000, 10_000, 20_000],
    ]);
    expect(ends).toEqual([answered, answered]);
  });

  test('calls that are made meanwhile count with the next turn', () => {
    const task = body(infer('a'), ask('which?', 5000), tool('build', 9000));
    const { run } = checked(taskScenario([oneTask(task)]));
    expect(Array.from(run.agents!.turns.calls)).toEqual([1, 0]);
    const later = body(
      ask('which?', 5000),
      tool('build', 500),
      infer('a', [1]),
      tool('test', 9000),
    );
    const { turns } = checked(taskScenario([oneTask(later)])).run.agents!;
    expect(Array.from(turns.calls)).toEqual([0, 1]);
  });
});

describe('humans', () => {
  test('who leaves comes back late: notice and resumption by hand', () => {
    const attention = {
      holdsMs: 10_000,
      leavesAfterMs: 1e-9,
      noticeMs: constant(60_000),
      resumption: { baseMs: 5000, scaleMs: 20_000, awayScaleMs: 15_000, maxMs: 40_000 },
    };
    const task = chain(tool('build', 30_000));
    const { run } = checked(taskScenario([oneTask(task, { human: human({ attention }) })]));
    const { turns } = run.agents!;
    // Left at 10 s, away for 20 + 60 s: 5 + 20·ln(1 + 80/15) = 41.9 s, capped at 40 s.
    expect([turns.noticeMs[0], turns.resumptionMs[0], turns.nextMs[0]]).toEqual([
      60_000,
      40_000,
      30_000 + 60_000 + 40_000 + 1000,
    ]);
  });

  test('without the attention model the observed gap is all there is', () => {
    const observed = human({ attention: undefined, observedGapMs: constant(74_000) });
    const task = chain(tool('build', 30_000));
    const { turns } = checked(taskScenario([oneTask(task, { human: observed })]));
    expect(turns).toEqual([[0, 30_000, 104_000]]);
  });

  test('one human with two sessions answers one after the other, with a switch between them', () => {
    const members = {
      kind: 'closed',
      users: 1,
      sessionsPerHuman: 2,
      switchMs: 300,
      offTimeMs: never,
    } as const;
    const { turns, run } = checked(taskScenario([oneTask(chain(infer('a')), {}, { members })]));
    // Both yield at 1 s. One is attended from 1 s to 2 s, the other from 2.3 s to 3.3 s.
    expect(turns).toEqual([
      [0, 1000, 2000],
      [0, 1000, 3300],
    ]);
    expect(Array.from(run.agents!.turns.seatMs)).toEqual([0, 1300]);
  });

  test('closed users come again after their off-time, but not after the horizon', () => {
    const members = {
      kind: 'closed',
      users: 1,
      sessionsPerHuman: 1,
      switchMs: 0,
      offTimeMs: constant(3000),
    } as const;
    const task = oneTask(chain(infer('a')), {}, { members });
    const { turns } = checked(taskScenario([task], [], { horizonMs: 10_000 }));
    // A second of work, one of thinking, three away.
    expect(turns.map(([submitMs]) => submitMs)).toEqual([0, 5000, 10_000]);
  });
});

test('a context that would pass the window is compacted before the call', () => {
  // The station has no window, so it takes an engine: 1,000 tokens of it, 90% of them used at most.
  const compaction = { atShare: 0.9, toTokens: constant(100) };
  const sharedPrefix = { id: 'system', tokens: 50 };
  const task = oneTask(chain(infer('a', [], { appendTokens: constant(500) })), {
    compaction,
    sharedPrefix,
    startTokens: constant(50),
    tasks: constant(3),
  });
  const engine = flatPool('gpu', { maxBatchTokens: 2048 });
  const model = { ...engine.deployment.model, contextWindow: 1000 };
  const pools = [{ ...engine, deployment: { ...engine.deployment, model } }];
  const { run } = checked(taskScenario([task], [], { pools }));
  // 50 + 50 + 500, answer 20. Then 1,120 + 20 > 900: prefix 50 + summary 100. Then 150 + 20 + 500.
  expect(Array.from(run.requests.promptTokens)).toEqual([600, 150, 670]);
  expect(run.agents!.sessions.compactions[0]).toBe(1);
});

test('a prehistory brings sessions into mid-life: turns before 0, calls only after it, on warm caches', () => {
  const members = {
    kind: 'closed',
    users: 5,
    sessionsPerHuman: 1,
    switchMs: 0,
    offTimeMs: constant(0),
  } as const;
  const people = oneTask(chain(infer('a')), { tasks: constant(50) }, { members });
  const prehistory = { durationMs: 20_000, ttftMs: 500, tpotMs: 10 };
  const scenario = taskScenario([people], [], {
    pools: [flatPool('gpu', { iterationMs: 10, kvBlocks: 2000, maxBatchTokens: 4096 })],
    drain: false,
    horizonMs: 5000,
    agents: { populations: [people], resources: [], prehistory },
  });
  const { run, turns } = runTask(scenario);
  expect(brokenPartitions(run)).toEqual([]);
  // Users come in over the first quarter. A nominal call of 20 tokens: 500 + 19 · 10 ms.
  expect(Math.min(...turns.map(([submitMs]) => submitMs!))).toBeGreaterThanOrEqual(-20_000);
  expect(Math.max(...turns.slice(0, 5).map(([submitMs]) => submitMs!))).toBeLessThan(-15_000);
  expect(turns[0]![1]! - turns[0]![0]!).toBe(690);
  const { requests } = run;
  const after = turns.filter(([submitMs]) => submitMs! >= 0);
  expect(requests.count).toBe(after.length);
  expect(Math.min(...requests.sentMs)).toBeGreaterThanOrEqual(0);
  // All but what was appended, and the rest of a block, is in the cache.
  for (let row = 0; row < 5; row++) {
    expect(requests.promptTokens[row]! - requests.hitTokens[row]!).toBeLessThanOrEqual(
      20 + 10 + 16,
    );
  }
});
