import { describe, expect, test } from 'vitest';
import { planSessionForks } from '../../sim/agents/sessionForks.js';
import { type HandCall, sessionsOf } from './handSessions.js';

function plan(...agents: HandCall[][]) {
  const trace = sessionsOf([{ agents: agents.map((calls) => ({ calls })) }]);
  const { parent, forkTokens, cutShares } = planSessionForks(trace);
  return { parent: [...parent], forkTokens: [...forkTokens], cutShares };
}

describe('planSessionForks', () => {
  test('a call goes on from the latest call of its agent that is long enough, answer included', () => {
    const planned = plan([
      { prompt: 100, output: 10 },
      { prompt: 50, output: 10, shared: 50 },
      { prompt: 70, output: 10, shared: 60 },
      { prompt: 99, output: 10, shared: 81 },
      { prompt: 20, output: 10 },
    ]);
    expect(planned).toEqual({
      parent: [-1, 0, 1, 0, -1],
      forkTokens: [0, 50, 60, 81, 0],
      cutShares: 0,
    });
  });

  test('more than any call had counts as new', () => {
    const planned = plan([
      { prompt: 100, output: 10, shared: 100 },
      { prompt: 50, output: 10, shared: 10 },
      { prompt: 500, output: 10, shared: 111 },
    ]);
    expect(planned).toEqual({ parent: [-1, 0, 0], forkTokens: [0, 10, 110], cutShares: 2 });
  });

  test('an agent begins like the first call of the agent that started last before it, not like an answer', () => {
    const planned = plan(
      [
        { prompt: 100, output: 10 },
        { prompt: 200, output: 10, shared: 110 },
      ],
      [{ prompt: 40, output: 10 }],
      [{ prompt: 30, output: 10, shared: 20 }],
      [{ prompt: 60, output: 10, shared: 30 }],
      [{ prompt: 90, output: 10, shared: 70 }],
    );
    expect(planned).toEqual({
      parent: [-1, 0, -1, 2, 3, 0],
      forkTokens: [0, 110, 0, 20, 30, 70],
      cutShares: 0,
    });
  });

  test('sessions share nothing', () => {
    const calls = [{ prompt: 10, output: 10, shared: 5 }];
    const trace = sessionsOf([{ agents: [{ calls }] }, { agents: [{ calls }] }]);
    expect([...planSessionForks(trace).parent]).toEqual([-1, -1]);
  });
});
