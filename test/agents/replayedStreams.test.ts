import { expect, test } from 'vitest';
import type { AgentCall, AgentWorld } from '../../sim/agents/agentWorld.js';
import { SessionReplay } from '../../sim/agents/sessionReplay.js';
import { TurnRecorder } from '../../sim/agents/turnRecorder.js';
import { TokenStreams } from '../../sim/engine/tokenStreams.js';
import { EventCalendar } from '../../sim/kernel/calendar.js';
import { DrawKey } from '../../sim/kernel/hashDraw.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { sessionsOf } from './handSessions.js';

test('a session that has ended holds no stream, whatever was answered', () => {
  const calls = [
    { prompt: 10, output: 1 },
    { prompt: 20, output: 1, shared: 10 },
    { prompt: 30, output: 1, shared: 21, ends: true },
    { prompt: 40, output: 1, shared: 5, ends: true },
  ];
  const subAgent = { after: 0, calls: [{ prompt: 9, output: 1, shared: 3 }, ...calls.slice(1)] };
  const neverStarted = { after: 1, calls };
  const trace = sessionsOf([{ agents: [{ calls }, subAgent, neverStarted] }]);
  const streams = new TokenStreams();
  const calendar = new EventCalendar();
  const sent: string[] = [];
  const world: AgentWorld = {
    calendar,
    grid: powerOfTwoGrid(20),
    streams,
    send: (call: AgentCall, timeMs: number) => {
      // The second call of each agent is turned away.
      const isAnswered = call.promptTokens !== 20;
      sent.push(`${timeMs}: ${call.promptTokens}`);
      calendar.scheduleArrival(
        timeMs + 100,
        (endMs) => call.onEnd({ isAnswered, firstTokenMs: endMs, servedTokens: 0 }, endMs),
        0,
      );
      return 0;
    },
    cancel: () => {},
    resource: () => {
      throw new Error('a replay uses no resources');
    },
    prefixStream: () => streams.addRoot(),
  };
  const replay = new SessionReplay(
    {
      kind: 'sessionReplay',
      name: 'coders',
      role: 'chat',
      interactive: true,
      trace,
      starts: { kind: 'recorded', rateFactor: 1, copies: 2 },
      sharedPrefixTokens: 8,
      readingTokensPerMs: 0.005,
      networkMs: { kind: 'constant', value: 0 },
    },
    {
      index: 0,
      world,
      key: new DrawKey(1, 2),
      fleet: { placementOf: () => () => 0, windowTokensOf: () => 1e6 },
      recorder: new TurnRecorder(),
      horizonMs: 1e6,
    },
  );
  replay.start(() => 0.5);
  calendar.run(1e6, 1e6);
  const once = ['0: 10', '100: 20', '100: 9', '200: 40', '200: 20'];
  expect(sent.toSorted()).toEqual([...once, ...once].toSorted());
  // What is left is the shared prefix.
  expect(streams.live).toBe(1);
});
