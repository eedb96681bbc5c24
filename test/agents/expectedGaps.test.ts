import { expect, test } from 'vitest';
import { gapsAfter, nextCallAfterInner } from '../../sim/agents/expectedGaps.js';
import type { Body, Step } from '../../sim/agents/taskGraph.js';

const constant = (value: number) => ({ kind: 'constant', value }) as const;
const call = (id: string, ...after: number[]): Step => ({
  ...{ kind: 'infer', id, after, role: 'coder', label: undefined, visibleShare: 0 },
  ...{ appendTokens: constant(10), reasoningTokens: undefined, outputTokens: constant(10) },
});
const tool = (id: string, ms: number, ...after: number[]): Step => ({
  ...{ kind: 'tool', id, after, resource: undefined, durationMs: constant(ms) },
  ...{ failureProbability: 0, retries: 0, resultTokens: undefined },
});
const human = (probability: number, ms: number, ...after: number[]): Step => ({
  ...{ kind: 'human', id: 'ask', after, engagedMs: constant(ms), probability },
});
const loop = (body: Body, times: number, ...after: number[]): Step & { kind: 'loop' } => ({
  ...{ kind: 'loop', id: 'work', after, body, maxRounds: 100, lastRoundEndsAfter: undefined },
  rounds: { kind: 'count', times: constant(times) },
});

test('the gap after a call is the means of the steps until the next one', () => {
  const body = { steps: [call('a'), tool('t', 100, 0), human(0.25, 400, 1), call('b', 2)] };
  // From a: 100 + 0.25 · 400. From b: nothing follows, or what the body is told.
  expect(gapsAfter(body, Number.NaN)).toEqual([200, 100, 0, Number.NaN]);
  expect(gapsAfter(body, 7)).toEqual([200, 100, 0, 7]);
});

test('of several steps that follow, the soonest call counts', () => {
  const body = {
    steps: [call('a'), tool('t', 100, 0), tool('u', 30, 0), call('b', 1), call('c', 2)],
  };
  expect(gapsAfter(body, Number.NaN)[0]).toBe(30);
});

test('the last call in a loop is followed by the first of the next round', () => {
  const round = { steps: [call('think'), tool('act', 50, 0)] };
  const outer = { steps: [loop(round, 3), call('answer', 0)] };
  const [afterLoop] = gapsAfter(outer, Number.NaN);
  expect(afterLoop).toBe(0);
  expect(gapsAfter(round, nextCallAfterInner(outer.steps[0]!, afterLoop!))).toEqual([50, 0]);
  // One round only: what follows the loop counts.
  expect(nextCallAfterInner(loop(round, 1), 9)).toBe(9);
});

test('rounds until done, cut off at the limit: (1 − 0.9^10) / 0.1 = 6.51, not 10', () => {
  const poll = (rounds: (Step & { kind: 'loop' })['rounds']) => ({
    ...{ kind: 'loop', id: 'poll', after: [0], maxRounds: 10, lastRoundEndsAfter: undefined },
    ...{ body: { steps: [tool('look', 100)] }, rounds },
  });
  const gapMs = (rounds: (Step & { kind: 'loop' })['rounds']) =>
    gapsAfter({ steps: [call('a'), poll(rounds) as Step, call('b', 1)] }, Number.NaN)[0];
  expect(gapMs({ kind: 'untilDone', doneProbability: 0.1 })).toBeCloseTo(651.32, 2);
  // 4 or 20 rounds, the latter cut off: 7 on average, not 10.
  const times = { kind: 'empirical', values: [4, 20] } as const;
  expect(gapMs({ kind: 'count', times })).toBe(700);
});

test('a loop without calls takes all its rounds, and a sub-agent has a context of its own', () => {
  const waits = { steps: [call('a'), loop({ steps: [tool('poll', 20)] }, 4, 0), call('b', 1)] };
  expect(gapsAfter(waits, Number.NaN)[0]).toBe(80);
  const inner = { steps: [call('sub'), tool('t', 60, 0)] };
  const agent: Step = {
    ...{ kind: 'agent', id: 'helper', after: [0], body: inner, sharedPrefix: undefined },
    ...{ startTokens: constant(1), resultTokens: constant(1) },
  };
  expect(gapsAfter({ steps: [call('a'), agent, call('b', 1)] }, Number.NaN)[0]).toBe(60);
  expect(nextCallAfterInner(agent, 5)).toBe(Number.NaN);
});
