import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { simulate } from '../../sim/run/simulate.js';
import { loadMixes } from '../../src/config/loadMixes.js';
import { scenarioOf } from '../validation/scenarioOf.js';

/** All that the shipped workloads of sessions need, with room. */
const lab = (workload: string, population: string) => `
inflow: 1
name: lab
horizon: 1h
warmup: 5min
models: { coder: gpt-oss-120b, chat: gpt-oss-20b, small: gpt-oss-20b, researcher: gpt-oss-120b }
populations:
  people: { workload: ${workload}, ${population} }
fleet:
  api: { kind: gateway, connection: http }
  gpu: { serves: [coder, researcher], hardware: b200-sxm, tensorParallel: 2, kv: fp8, replicas: 4, router: prefix-aware }
  chat: { serves: [chat, small], hardware: h100-sxm, replicas: 2 }
  sandboxes: { kind: sandboxes, hosts: 2, slots: 64, start: snapshot, warm: 8 }
  search: { kind: store, connections: 200 }
  web: { kind: store, connections: 200 }
  documents: { kind: store, connections: 50 }
  orders: { kind: store, connections: 50 }
`;

function runOf(workload: string, population: string) {
  const { agents, requests } = simulate(scenarioOf(lab(workload, population)), {
    seed: '1',
    replication: 0,
  });
  const { turns, sessions, resources } = agents!;
  const ended = [...turns.end].filter((end) => end !== 0);
  const seconds = [...turns.yieldMs]
    .map((ms, row) => (ms - turns.submitMs[row]!) / 1000)
    .filter((each, row) => turns.end[row] === 1 && !Number.isNaN(each))
    .sort((a, b) => a - b);
  return {
    calls: requests.count,
    turns: ended.length,
    failed: ended.filter((end) => end === 4).length,
    medianSec: seconds[seconds.length >> 1]!,
    callsPerTurn: [...turns.calls].reduce((sum, each) => sum + each, 0) / turns.count,
    contextTokens: [...requests.promptTokens].sort((a, b) => a - b)[requests.count >> 1]!,
    turnsPerSession: turns.count / sessions.count,
    completed: Object.fromEntries(resources.map(({ name, completed }) => [name, completed])),
  };
}

describe('the shipped workloads do what their sources say', () => {
  test('support-chat: about 4 turns of some 2 answers, contexts of 4k, documents for each', () => {
    const run = runOf('support-chat', 'arrivals: { rate: 10/min }');
    expect(run.failed).toBe(0);
    expect(run.turnsPerSession).toBeGreaterThan(3.2);
    expect(run.turnsPerSession).toBeLessThan(4.6);
    expect(run.callsPerTurn).toBeGreaterThan(2.4);
    expect(run.callsPerTurn).toBeLessThan(2.9);
    expect(run.completed['documents']).toBeGreaterThan(run.turns * 0.95);
    expect(run.completed['orders']).toBeGreaterThan(0);
  });

  test('coding-background: tasks of minutes with tens of calls, each in a sandbox', () => {
    const run = runOf('coding-background', 'arrivals: { rate: 1/min }');
    expect(run.failed).toBe(0);
    expect(run.medianSec).toBeGreaterThan(120);
    expect(run.medianSec).toBeLessThan(720);
    expect(run.callsPerTurn).toBeGreaterThan(35);
    expect(run.completed['sandboxes']).toBeGreaterThan(run.turns * 0.9);
  });

  test('deep-research: minutes of searching by several agents', () => {
    const run = runOf('deep-research', 'arrivals: { rate: 30/h }');
    expect(run.failed).toBe(0);
    expect(run.callsPerTurn).toBeGreaterThan(15);
    expect(run.completed['search']).toBeGreaterThan(run.calls / 2);
    expect(run.completed['web']).toBeGreaterThan(run.calls / 3);
  });

  test('coding-interactive: half of the turns make at most two calls, contexts are long', () => {
    const run = runOf('coding-interactive', 'users: 20');
    expect(run.failed).toBe(0);
    expect(run.callsPerTurn).toBeGreaterThan(4);
    expect(run.callsPerTurn).toBeLessThan(11);
    expect(run.contextTokens).toBeGreaterThan(40_000);
  });
});

describe('the shipped experiments load', () => {
  const files = readdirSync('experiments').filter((name) => name.endsWith('.yaml'));

  // The traces of this one are no part of the repository.
  test.each(files.filter((name) => name !== 'trace-replay.yaml'))('%s', (name) => {
    const loaded = loadMixes(`experiments/${name}`, { overrides: [], quick: false });
    expect(loaded.ok ? [] : loaded.mistakes).toEqual([]);
  });

  test('the three fleets of mixes cost the same within 3%', () => {
    const third = {
      mixes: 'gpu-fast-and-state',
      'mixes-small': 'gpu-fast-and-state',
      'small-model': 'gpu-fast-and-long',
    };
    for (const [name, last] of Object.entries(third)) {
      const loaded = loadMixes(`experiments/${name}.yaml`, { overrides: [], quick: false });
      expect(loaded.ok).toBe(true);
      if (!loaded.ok) continue;
      expect(loaded.mixes.map(({ mix }) => mix)).toEqual(['gpu-only', 'gpu-and-fast', last]);
      expect(loaded.warnings.filter(({ code }) => code === 'W_COST')).toEqual([]);
      expect(loaded.mixes.flatMap(({ adjusted }) => adjusted ?? [])).toEqual([]);
    }
  });
});
