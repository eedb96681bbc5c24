import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { SessionPopulation } from '../../sim/agents/sessionPopulation.js';
import { sessionDemand } from '../../src/config/sessionDemand.js';
import { loadValid } from './loadText.js';

const endless = () => Number.POSITIVE_INFINITY;

/** A population of a workload in a file of its own, with thinking of 50 s. */
function population(people: string, lines: string): SessionPopulation {
  const text = `
inflow: 1
name: demand
horizon: 1h
models: { coder: llama-3.1-8b, small: llama-3.1-8b }
populations:
  people:
    ${people}
    workload: { human: { thinking: 50s }, ${lines} }
fleet:
  gpu: { serves: [coder, small], hardware: h100-sxm }
`;
  return loadValid(text).scenario.agents!.populations[0] as SessionPopulation;
}

describe('sessionDemand', () => {
  test('closed users: calls per time from the length of their rounds', () => {
    // 0.5 s + 10 ms · 100 tokens + 8 s of tools + 50 s of thinking = 59.5 s with one call for each of 119 users.
    const spec = population(
      'users: 119',
      'turn: [ { id: a, infer: { model: coder, append: 300, output: 100, visible: 0% } }, { after: a, delay: 8s } ]',
    );
    const [demand] = sessionDemand(spec, 3_600_000, endless);
    expect(demand).toMatchObject({ role: 'coder', freshTokens: 300, outputTokens: 100 });
    expect(demand?.requestsPerSec).toBeCloseTo(2, 12);
  });

  test('closed users read what they are shown, partly while it is written', () => {
    const spec = population(
      'users: 119',
      'turn: [ { id: a, infer: { model: coder, append: 300, output: 100 } }, { after: a, delay: 8s } ]',
    );
    const [demand] = sessionDemand(spec, 3_600_000, endless);
    const readingMs = 100 / spec.workload.human.readingTokensPerMs - 100 * 10;
    expect(readingMs).toBeGreaterThan(15_000);
    expect(demand?.requestsPerSec).toBeCloseTo(119_000 / (59_500 + readingMs), 12);
  });

  test('contexts: every call finds what those before it left, over the tasks of a session', () => {
    // Three tasks of two calls, each of which reads 300 and writes 100: prompts of 2,000 and 400 more
    // each time, 3,000 on average. 300 of them are fresh.
    const spec = population(
      'arrivals: { rate: 1/s }',
      'context: { shared: { id: p, tokens: 1k }, start: 1k }, session: { turns: 3 }, turn: [ { loop: { times: 2, steps: [ { infer: { model: coder, append: 300, output: 100 } } ] } } ]',
    );
    const [demand] = sessionDemand(spec, 3_600_000, endless);
    expect(demand?.requestsPerSec).toBeCloseTo(6, 12);
    expect(demand).toMatchObject({ freshTokens: 300, sharedTokens: 2700, outputTokens: 100 });
  });

  test('compaction cuts contexts at its share of the window', () => {
    const lines =
      'context: { compact: { at: 50%, to: 1k } }, session: { turns: 1000 }, turn: [ { infer: { model: coder, append: 900, output: 100 } } ]';
    const spec = population('arrivals: { rate: 1/s }', lines);
    const [demand] = sessionDemand(spec, 3_600_000, () => 10_000);
    // From 1,000 to 5,000 in steps of 1,000, again and again.
    expect(demand!.sharedTokens + demand!.freshTokens).toBeCloseTo(3000, -2);
  });

  test('sub-agents have contexts of their own, and branches count by weight', () => {
    const spec = population(
      'arrivals: { rate: 1/s }',
      'turn: [ { branch: [ { weight: 1, infer: { model: coder, output: 10 } }, { weight: 3, agent: { start: 500, result: 50, shared: { id: s, tokens: 1k }, steps: [ { infer: { model: small, output: 100 } } ] } } ] } ]',
    );
    const demands = sessionDemand(spec, 3_600_000, endless);
    expect(demands.map(({ role, requestsPerSec }) => [role, requestsPerSec])).toEqual([
      ['coder', 0.25],
      ['small', 0.75],
    ]);
    // The prefix and the start, and half of what the agent writes.
    expect(demands[1]).toMatchObject({ sharedTokens: 1550, freshTokens: 0, outputTokens: 100 });
  });

  test('the last round of a loop counts only up to where it ends', () => {
    const spec = population(
      'arrivals: { rate: 1/s }',
      'turn: [ { loop: { times: 3, endsAfter: think, steps: [ { id: think, infer: { model: coder, output: 10 } }, { id: check, after: think, infer: { model: small, output: 10 } } ] } } ]',
    );
    const demands = sessionDemand(spec, 3_600_000, endless);
    expect(demands.map(({ requestsPerSec }) => requestsPerSec)).toEqual([3, 2]);
  });

  test('failed attempts are calls as well', () => {
    // 1 + 0.5 + 0.5 · 0.2 attempts.
    const spec = population(
      'arrivals: { rate: 1/s }',
      'success: { byAttempt: [50%, 80%], maxAttempts: 3 }, turn: [ { infer: { model: coder, output: 10 } } ]',
    );
    expect(sessionDemand(spec, 3_600_000, endless)[0]?.requestsPerSec).toBeCloseTo(1.6, 12);
  });
});

test('what a pool holds and how many users it is enough for are told before a run', () => {
  const text = readFileSync(new URL('../badinputs/sessions.yaml', import.meta.url), 'utf8');
  const { fit } = loadValid(text);
  const [memory, load, people] = fit;
  expect(memory?.text).toMatch(
    /a replica holds [\d,]+ tokens of KV, \d+ contexts of the mean [\d,]+ \(/,
  );
  if (load?.kind !== 'load' || people?.kind !== 'people') throw new Error('other lines');
  expect(people.users).toBe(20);
  expect(people.possibleUsers).toBe(Math.floor(20 / load.load));
  expect(people.text).toMatch(
    /^developers: 20 users make roughly \d+ calls an hour each; the pools are roughly enough for \d+ of them and hold \d+ contexts at once$/,
  );
});
