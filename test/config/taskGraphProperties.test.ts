import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { simulate } from '../../sim/run/simulate.js';
import { loadValid, loadValidMixes } from './loadText.js';
import { randomSteps } from './randomTaskGraph.js';
import { shuffled } from './shuffled.js';

const sessions = readFileSync(new URL('../badinputs/sessions.yaml', import.meta.url), 'utf8');
const mixes = readFileSync(new URL('../badinputs/mixes.yaml', import.meta.url), 'utf8');

/** An experiment of a minute in which four people do a task at random. */
function experimentOf(turn: unknown, members: object): string {
  return JSON.stringify({
    inflow: 1,
    name: 'random',
    horizon: '1min',
    limits: { events: 200_000 },
    warmStart: { prehistory: '30s' },
    models: { coder: 'llama-3.1-8b', helper: 'llama-3.1-8b' },
    populations: {
      people: {
        ...members,
        workload: {
          context: { shared: { id: 'p', tokens: 200 }, start: '500 tokens', compact: { at: '5%' } },
          session: { turns: { uniform: { min: 1, max: 3 } } },
          turn,
          success: { byAttempt: ['50%'], maxAttempts: 2 },
          interruption: { probability: '20%', after: '2s' },
          human: { thinking: '3s' },
        },
      },
    },
    fleet: {
      gate: { kind: 'gateway', servers: 2, service: '2ms', connection: 'held' },
      gpu: { serves: ['coder', 'helper'], hardware: 'h100-sxm' },
      tools: { kind: 'tools', servers: 2 },
      docs: { kind: 'store', connections: 1, maxWaiting: 2 },
      speech: { kind: 'model', servers: 1, unit: 'seconds', perUnit: '50ms' },
      boxes: { kind: 'sandboxes', slots: 3, warm: 1, createRate: '2/s' },
    },
  });
}

const people = fc.constantFrom(
  { users: 4 },
  { users: 2, sessionsPerHuman: 3 },
  { arrivals: { rate: '20/min' } },
);

describe('a valid task graph at random', () => {
  test('loads, runs for a minute, and runs the same again', { timeout: 60_000 }, () => {
    let turns = 0;
    fc.assert(
      fc.property(randomSteps(3), people, (turn, members) => {
        const { scenario } = loadValid(experimentOf(turn, members));
        const run = simulate(scenario, { seed: '1', replication: 0 });
        expect(['horizon', 'drained', 'eventLimit']).toContain(run.ending);
        turns += run.agents!.turns.count;
        const again = simulate(scenario, { seed: '1', replication: 0 });
        expect(again.fingerprint).toBe(run.fingerprint);
      }),
      { seed: 6, numRuns: 60 },
    );
    // Not all of them may have been stuck.
    expect(turns).toBeGreaterThan(500);
  });
});

describe('the order of keys', () => {
  test('changes neither the scenario nor the hash of an experiment with sessions', () => {
    const { scenario, configHash } = loadValid(sessions);
    fc.assert(
      fc.property(shuffled(parse(sessions)), (tree) => {
        const other = loadValid(JSON.stringify(tree));
        expect(other.scenario).toEqual(scenario);
        expect(other.configHash).toBe(configHash);
      }),
      { seed: 1, numRuns: 5 },
    );
  });

  test('changes the order of mixes and nothing about them', () => {
    const { mixes: expected } = loadValidMixes(mixes.replace(/^equalise.*\n/m, ''));
    const hashes = new Map(expected.map(({ mix, configHash }) => [mix, configHash]));
    fc.assert(
      fc.property(shuffled(parse(mixes.replace(/^equalise.*\n/m, ''))), (tree) => {
        const { mixes: found } = loadValidMixes(JSON.stringify(tree));
        expect(new Map(found.map(({ mix, configHash }) => [mix, configHash]))).toEqual(hashes);
      }),
      { seed: 1, numRuns: 5 },
    );
  });
});
