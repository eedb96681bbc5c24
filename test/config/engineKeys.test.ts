import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { SessionPopulation } from '../../sim/agents/sessionPopulation.js';
import type { InferStep } from '../../sim/agents/taskGraph.js';
import type { EnginePoolSpec } from '../../sim/run/scenario.js';
import { loadText, loadValid } from './loadText.js';

const base = readFileSync(new URL('../badinputs/base.yaml', import.meta.url), 'utf8');
const withKeys = (keys: string) =>
  base.replace('maxSequences: 64', `maxSequences: 64\n      ${keys}`);
const engine = (keys: string) =>
  (loadValid(withKeys(keys)).scenario.pools[0] as EnginePoolSpec).engine;

function mistakes(text: string): string[] {
  const result = loadText(text);
  return result.ok ? [] : result.mistakes.map(({ code, message }) => `${code}: ${message}`);
}

describe('the order of admission', () => {
  test('is named, and left out where it is the usual one', () => {
    expect(engine('order: shortest-first').order).toBe('shortest-first');
    expect(engine('order: fcfs')).not.toHaveProperty('order');
  });

  test('a word that is none is refused', () => {
    expect(mistakes(withKeys('order: sjf'))[0]).toMatch(/^E_.*: expected an order of admission/);
  });

  test('goes by keys of populations, and of steps instead', () => {
    const { scenario } = loadValid(`
inflow: 1
name: urgent
horizon: 1min
models: { chat: llama-3.1-8b }
populations:
  people:
    workload: chat
    arrivals: { rate: 1/s }
    deadline: 2s
  agents:
    workload:
      turn:
        - { id: think, infer: { model: chat, output: 10 tokens } }
        - { id: answer, after: think, infer: { model: chat, output: 10 tokens, priority: 0, deadline: 1s } }
    users: 1
    priority: 3
fleet: { gpu: { serves: chat, hardware: h100-sxm } }
`);
    const agents = scenario.agents!.populations[0] as SessionPopulation;
    const [think, answer] = agents.workload.task.steps as InferStep[];
    expect(scenario.populations[0]).toMatchObject({ deadlineMs: 2000 });
    expect(scenario.populations[0]).not.toHaveProperty('priority');
    expect(agents.priority).toBe(3);
    expect(think).not.toHaveProperty('priority');
    expect(answer).toMatchObject({ priority: 0, deadlineMs: 1000 });
  });
});

describe('speculative decoding', () => {
  test('with one probability accepts each draft less often than the one before', () => {
    expect(engine('speculation: { draftTokens: 3, acceptance: 50% }').speculation).toEqual({
      draftTokens: 3,
      acceptedShares: [0.5, 0.25, 0.125],
      draftMs: 0,
      draftShare: 0,
    });
  });

  test('takes shares by position as they are, and the time of drafting', () => {
    const keys =
      'speculation: { draftTokens: 2, acceptanceByPosition: [80%, 0.6], draftTime: 0.5ms, draftShare: 4% }';
    expect(engine(keys).speculation).toEqual({
      draftTokens: 2,
      acceptedShares: [0.8, 0.6],
      draftMs: 0.5,
      draftShare: 0.04,
    });
  });

  test.each([
    ['{ draftTokens: 2 }', 'E_REQUIRED: missing "acceptance" (or "acceptanceByPosition")'],
    [
      '{ draftTokens: 1, acceptance: 50%, acceptanceByPosition: [50%] }',
      'E_KEY: acceptance is given for all drafts or by position, not both',
    ],
    [
      '{ draftTokens: 3, acceptanceByPosition: [80%, 60%] }',
      'E_RANGE: expected 3 shares, one per drafted token, found 2',
    ],
    [
      '{ draftTokens: 2, acceptanceByPosition: [60%, 80%] }',
      'E_RANGE: a draft is accepted only after those before it: the shares cannot rise',
    ],
    [
      '{ draftTokens: 32, acceptance: 50% }',
      'E_RANGE: maxBatchTokens (2048) is smaller than maxSequences (64) times 33 tokens each: a full batch could not decode',
    ],
  ])('%s is refused', (keys, mistake) => {
    expect(mistakes(withKeys(`speculation: ${keys}`))).toEqual([mistake]);
  });
});
