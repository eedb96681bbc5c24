import { describe, expect, test } from 'vitest';
import type { SessionTrace } from '../../sim/agents/sessionTrace.js';
import { Outcome } from '../../sim/facts/requestTable.js';
import { SessionEnd, TurnEnd } from '../../sim/facts/turnTable.js';
import { flatPool } from '../run/handScenario.js';
import { replay, sessionsOf } from './handSessions.js';

/** Iterations of a second, none of them wasted: a call of n output tokens lasts n seconds. 16 tokens a block. */
const second = flatPool('gpu', { asyncScheduling: false, maxBatchTokens: 1024, kvBlocks: 1000 });

/** Requests as `[sent, finished, hit tokens]`, times in seconds. */
function callsOf(trace: SessionTrace, ...rest: Rest): number[][] {
  const { requests } = replay(trace, [second], ...rest);
  return Array.from({ length: requests.count }, (_, i) => [
    requests.sentMs[i]! / 1000,
    requests.finishMs[i]! / 1000,
    requests.hitTokens[i]!,
  ]);
}
type Rest = Parameters<typeof replay> extends [unknown, unknown, ...infer R] ? R : never;

/** A tool call, its result, and after ten seconds of the human an edit of what was there before. */
const oneSession = sessionsOf([
  {
    agents: [
      {
        calls: [
          { prompt: 40, output: 3 },
          { gapMs: 500, prompt: 60, output: 2, shared: 40, ends: true },
          { gapMs: 10_000, prompt: 30, output: 1, shared: 20, ends: true },
        ],
      },
    ],
  },
]);

describe('contexts of a replayed session', () => {
  test('a call follows its gap after the end of the one before, and hits full blocks of what it shares', () => {
    // 40 shared tokens are 2 full blocks, 20 are 1.
    expect(callsOf(oneSession)).toEqual([
      [0, 3, 0],
      [3.5, 5.5, 32],
      [15.5, 16.5, 16],
    ]);
  });

  test('an answer that is shared is hit too', () => {
    // 40 + 9 tokens: the answer fills the third block.
    const second = (shared: number) =>
      callsOf(
        sessionsOf([
          {
            agents: [
              {
                calls: [
                  { prompt: 40, output: 9 },
                  { prompt: 60, output: 1, shared },
                ],
              },
            ],
          },
        ]),
      )[1]![2];
    expect([40, 47, 48, 49].map(second)).toEqual([32, 32, 48, 48]);
  });

  test('a branch that is left does not come back: its blocks are not those of the next call', () => {
    const trace = sessionsOf([
      {
        agents: [
          {
            calls: [
              { prompt: 64, output: 1 },
              { prompt: 96, output: 1, shared: 64 },
              { prompt: 96, output: 1, shared: 32 },
              { prompt: 128, output: 1, shared: 96 },
            ],
          },
        ],
      },
    ]);
    expect(callsOf(trace).map(([, , hits]) => hits)).toEqual([0, 64, 32, 96]);
  });

  test('a person may go back to an older context', () => {
    const trace = sessionsOf([
      {
        agents: [
          {
            calls: [
              { prompt: 64, output: 1 },
              { prompt: 16, output: 1 },
              { prompt: 80, output: 1, shared: 64 },
            ],
          },
        ],
      },
    ]);
    expect(callsOf(trace).map(([, , hits]) => hits)).toEqual([0, 0, 64]);
  });

  test('sessions share nothing but the prefix they are given, and sub-agents not even that', () => {
    const agents = [
      { calls: [{ prompt: 50, output: 1 }] },
      { calls: [{ gapMs: 5000, prompt: 50, output: 1 }] },
    ];
    const trace = sessionsOf([{ agents }, { startMs: 20_000, agents }]);
    const hits = (sharedPrefixTokens: number) =>
      callsOf(trace, { sharedPrefixTokens }).map(([, , tokens]) => tokens);
    expect(hits(0)).toEqual([0, 0, 0, 0]);
    expect(hits(40)).toEqual([0, 0, 32, 0]);
    // Longer than the prompt, of which the last token is always computed.
    expect(hits(500)).toEqual([0, 0, 48, 0]);
  });

  test('a call that shares less than the prefix still begins with it', () => {
    const calls = [
      { prompt: 50, output: 1 },
      { prompt: 70, output: 1, shared: 16 },
      { prompt: 80, output: 1, shared: 64 },
    ];
    const trace = sessionsOf([{ agents: [{ calls }] }]);
    const hits = callsOf(trace, { sharedPrefixTokens: 32 }).map(([, , tokens]) => tokens);
    expect(hits).toEqual([0, 32, 64]);
  });
});

describe('sub-agents of a replayed session', () => {
  const overlapping = sessionsOf([
    {
      agents: [
        {
          calls: [
            { prompt: 10, output: 2 },
            { gapMs: 4000, prompt: 20, output: 1, ends: true },
          ],
        },
        {
          after: 0,
          calls: [
            { gapMs: 1000, prompt: 30, output: 5 },
            { prompt: 40, output: 1, shared: 35, ends: true },
          ],
        },
      ],
    },
  ]);

  test('start after the call that started them, and run beside their parent', () => {
    expect(callsOf(overlapping)).toEqual([
      [0, 2, 0],
      [3, 8, 0],
      [6, 7, 0],
      [8, 9, 32],
    ]);
  });

  test('do not hold back the turn, but the session', () => {
    const { turns, sessions } = replay(overlapping, [second]).agents;
    expect([turns.count, turns.yieldMs[0], turns.calls[0], turns.promptTokens[0]]).toEqual([
      1, 7000, 3, 60,
    ]);
    expect([sessions.count, sessions.endMs[0], sessions.calls[0], sessions.end[0]]).toEqual([
      1,
      9000,
      4,
      SessionEnd.done,
    ]);
    expect(sessions.contextTokens[0]).toBe(21);
  });

  test('begin like each other, not like their parent', () => {
    const trace = sessionsOf([
      {
        agents: [
          { calls: [{ prompt: 100, output: 1 }] },
          { after: 0, calls: [{ prompt: 48, output: 1 }] },
          { after: 0, calls: [{ gapMs: 3000, prompt: 48, output: 1, shared: 33 }] },
        ],
      },
    ]);
    expect(callsOf(trace).map(([, , hits]) => hits)).toEqual([0, 0, 32]);
  });

  test('may be sent to another pool by the label of their calls', () => {
    const pools = [second, { ...second, name: 'small' }];
    const rule = { when: { label: 'sub-agent' }, prefer: ['small'], spillAt: {} };
    const { requests } = replay(overlapping, pools, {}, { placement: [rule] });
    expect([...requests.pool]).toEqual([0, 1, 0, 1]);
  });
});

describe('turns of a replayed session', () => {
  test('go from the submit to the answer, whose tokens alone are seen', () => {
    const { turns, records } = replay(oneSession, [second]).agents;
    expect([...turns.submitMs]).toEqual([0, 15_500]);
    expect([...turns.yieldMs]).toEqual([5500, 16_500]);
    expect([...turns.nextMs]).toEqual([15_500, Number.NaN]);
    expect([...turns.thinkingMs]).toEqual([10_000, Number.NaN]);
    // The first token of the answer comes at 4.5 s, the second with the yield; the three of the tool call are not seen.
    expect([...turns.waitMs]).toEqual([4500, 1000]);
    expect([...turns.firstUsefulMs]).toEqual([4500, 16_500]);
    expect([...turns.calls]).toEqual([2, 1]);
    expect([...turns.end]).toEqual([TurnEnd.answered, TurnEnd.answered]);
    expect(records[0]!.steps).toEqual([
      { step: 'main', startMs: 0, endMs: 3000 },
      { step: 'main', startMs: 3500, endMs: 5500 },
    ]);
  });

  test('that the recording does not finish stay open', () => {
    const calls = [{ prompt: 40, output: 3 }];
    const { turns, sessions } = replay(sessionsOf([{ agents: [{ calls }] }]), [second]).agents;
    expect([turns.end[0], turns.yieldMs[0], turns.waitMs[0]]).toEqual([TurnEnd.open, 3000, 3000]);
    expect([sessions.end[0], sessions.tasks[0]]).toEqual([SessionEnd.done, 0]);
  });

  test('fail with a call that can never fit; the rest of them is left out, and the human goes on', () => {
    const calls = [
      { prompt: 32, output: 1 },
      { prompt: 100, output: 1, shared: 32 },
      { prompt: 40, output: 1, shared: 32 },
      { prompt: 41, output: 1, shared: 40, ends: true },
      { gapMs: 7000, prompt: 50, output: 1, shared: 40, ends: true },
    ];
    const small = flatPool('gpu', { asyncScheduling: false, kvBlocks: 4 });
    const { requests, agents } = replay(sessionsOf([{ agents: [{ calls }] }]), [small]);
    expect([...requests.outcome]).toEqual([
      Outcome.completed,
      Outcome.neverFits,
      Outcome.completed,
    ]);
    expect([...requests.sentMs]).toEqual([0, 1000, 8000]);
    // The context goes on from calls that were never computed; what was computed before them is hit.
    expect([...requests.hitTokens]).toEqual([0, 0, 32]);
    expect([...agents.turns.end]).toEqual([TurnEnd.failed, TurnEnd.answered]);
    expect([agents.sessions.tasks[0], agents.sessions.succeededTasks[0]]).toEqual([2, 1]);
  });

  test('no call is sent at the horizon or after it', () => {
    const { requests, agents } = replay(oneSession, [second], {}, { horizonMs: 3500 });
    expect(requests.count).toBe(1);
    expect([agents.turns.end[0], agents.turns.waitMs[0]]).toEqual([TurnEnd.open, 3500]);
    expect(agents.sessions.end[0]).toBe(SessionEnd.open);
  });
});

describe('starts of replayed sessions', () => {
  const agents = [
    {
      calls: [
        { prompt: 48, output: 1 },
        { gapMs: 500, prompt: 64, output: 1, shared: 48, ends: true },
      ],
    },
  ];
  const two = sessionsOf([{ agents }, { startMs: 8000, agents }]);

  test('come faster by the rate, and again with each copy; gaps stay, and copies share nothing', () => {
    // The trace lasts 8 s and a mean gap of 8 s: 16 s, or 8 at twice the rate.
    const starts = { kind: 'recorded', rateFactor: 2, copies: 2 } as const;
    const expected = [0, 4, 8, 12].flatMap((at) => [
      [at, at + 1, 0],
      [at + 1.5, at + 2.5, 48],
    ]);
    expect(callsOf(two, { starts })).toEqual(expected);
  });

  test('or come by a process, in the order of the trace and again from its first', () => {
    const starts = {
      kind: 'arrivals',
      process: { kind: 'constant', ratePerMs: 1 / 4000 },
    } as const;
    const run = replay(two, [second], { starts }, { horizonMs: 13_000 });
    expect([...run.agents.sessions.startMs]).toEqual([4000, 8000, 12_000]);
    expect([...run.agents.sessions.human]).toEqual([0, 1, 2]);
    expect([...run.requests.hitTokens]).toEqual([0, 48, 0, 48, 0]);
  });
});
