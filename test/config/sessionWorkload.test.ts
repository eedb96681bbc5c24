import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SessionPopulation } from '../../sim/agents/sessionPopulation.js';
import { loadText, loadValid } from './loadText.js';

const base = readFileSync(new URL('../badinputs/sessions.yaml', import.meta.url), 'utf8');

/** The only population of the base, with changes to its file. */
function population(...edits: readonly (readonly [string, string])[]): SessionPopulation {
  const text = edits.reduce((all, [from, to]) => all.replace(from, to), base);
  const { scenario } = loadValid(text);
  return scenario.agents!.populations[0] as SessionPopulation;
}

const constant = (value: number) => ({ kind: 'constant', value });

describe('a workload with a turn', () => {
  const { workload, members } = population();

  test('its steps stand after those that they wait for, with their units read', () => {
    expect(workload.task.steps.map(({ id, kind, after }) => ({ id, kind, after }))).toEqual([
      { id: 'box', kind: 'sandbox', after: [] },
      { id: 'listen', kind: 'model', after: [] },
      { id: 'work', kind: 'loop', after: [0, 1] },
      { id: 'report', kind: 'agent', after: [2] },
      { id: 'ask', kind: 'human', after: [3] },
    ]);
  });

  test('a loop knows after which step its last round ends, and its bound', () => {
    expect(workload.task.steps[2]).toMatchObject({
      rounds: { kind: 'count', times: { kind: 'lognormal', median: 2, sigma: 1, atMost: 20 } },
      maxRounds: 20,
      lastRoundEndsAfter: 0,
      body: {
        steps: [
          {
            id: 'think',
            role: 'coder',
            label: 'plan',
            appendTokens: constant(500),
            reasoningTokens: undefined,
            outputTokens: constant(200),
            visibleShare: 0.3,
          },
          { id: 'act', after: [0], copies: constant(3), join: { kind: 'quorum', count: 2 } },
        ],
      },
    });
  });

  test('an arm of a branch with one step is a body of one, named after its kind', () => {
    const loop = workload.task.steps[2] as Extract<
      (typeof workload.task.steps)[number],
      { kind: 'loop' }
    >;
    expect(loop.body.steps[1]).toMatchObject({
      body: {
        steps: [
          {
            id: 'branch',
            arms: [
              {
                weight: 3,
                body: {
                  steps: [
                    {
                      id: 'tool',
                      resource: 'tools',
                      durationMs: constant(1000),
                      failureProbability: 0.05,
                      retries: 1,
                      resultTokens: undefined,
                    },
                  ],
                },
              },
              {
                weight: 1,
                body: {
                  steps: [
                    {
                      id: 'query',
                      resource: 'docs',
                      durationMs: constant(50),
                      failureProbability: 0,
                      resultTokens: constant(300),
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    });
  });

  test('context, session and human are in base units, defaults filled in', () => {
    expect(workload).toMatchObject({
      name: 'inline',
      interactive: true,
      sharedPrefix: { id: 'system-prompt', tokens: 2000 },
      compaction: { atShare: 0.9, toTokens: constant(5000) },
      reasoning: 'droppedAtTurn',
      success: { byAttempt: [0.8, 0.9], maxAttempts: 2 },
      interruption: { probability: 0.02, afterMs: constant(20_000) },
      human: {
        readingTokensPerMs: 0.0053,
        thinkingMs: { kind: 'lognormal', median: 40_000, sigma: 0.9 },
        attention: {
          holdsMs: 10_000,
          leavesAfterMs: 30_000,
          noticeMs: { kind: 'lognormal', median: 60_000, sigma: 1.9, atMost: 1_800_000 },
          resumption: { baseMs: 5000, scaleMs: 20_000, awayScaleMs: 15_000, maxMs: 180_000 },
        },
        observedGapMs: undefined,
        flowClassesMs: [1000, 10_000, 60_000],
        offTaskMs: 1_800_000,
      },
    });
    expect(members).toEqual({
      kind: 'closed',
      users: 20,
      sessionsPerHuman: 2,
      switchMs: 5000,
      offTimeMs: { kind: 'lognormal', median: 300_000, sigma: 1 },
    });
  });

  test('attention: off puts observed gaps in its place', () => {
    const { human } = population([
      'attention: { holds: 10s, leavesAfter: 30s }',
      'attention: off',
    ]).workload;
    expect(human.attention).toBeUndefined();
    expect(human.observedGapMs).toMatchObject({ kind: 'mixture', parts: [{ weight: 95 }, {}] });
    const own = population([
      'attention: { holds: 10s, leavesAfter: 30s }',
      'attention: off\n        gaps: 2min',
    ]);
    expect(own.workload.human.observedGapMs).toEqual(constant(120_000));
  });

  test('a loop until done has a bound of 1,000 rounds', () => {
    const [, , loop] = population(['times: { median: 2, sigma: 1, max: 20 }', 'untilDone: 25%'])
      .workload.task.steps;
    expect(loop).toMatchObject({
      rounds: { kind: 'untilDone', doneProbability: 0.25 },
      maxRounds: 1000,
    });
  });
});

test('what a workload file needs is missed where the experiment names it, with the line of the step', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inflow-workload-'));
  const file = join(folder, 'asking.yaml');
  const steps = 'turn:\n  - query: { store: web, duration: 1s }\n';
  writeFileSync(file, `inflow: 1\nname: asking\n${steps}`);
  const people = `populations:\n  asking: { users: 1, workload: ${file} }\n`;
  const result = loadText(base.replace('populations:\n', people));
  rmSync(folder, { recursive: true });
  const mistakes = result.ok ? [] : result.mistakes;
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]).toMatchObject({ code: 'E_REF', line: 13 });
  expect(mistakes[0]!.message).toMatch(
    /^no pool "web" of kind store in the fleet, which .*asking\.yaml:4 asks for$/,
  );
});

describe('populations of sessions', () => {
  test('users begin in mid-life unless the file says otherwise; sessions that arrive do not', () => {
    const prehistory = (text: string) => loadValid(text).scenario.agents!.prehistory;
    expect(prehistory(base)).toEqual({ durationMs: 3_600_000, ttftMs: 500, tpotMs: 10 });
    expect(prehistory(`${base}\nwarmStart: off\n`)).toBeUndefined();
    expect(prehistory(`${base}\nwarmStart: { prehistory: 10min }\n`)?.durationMs).toBe(600_000);
    const open = base.replace(/ {4}users: 20\n.*\n.*\n/, '    arrivals: { rate: 2/min }\n');
    expect(prehistory(open)).toBeUndefined();
    expect(loadValid(open).scenario.agents?.populations[0]).toMatchObject({
      members: { kind: 'open', arrivals: { kind: 'poisson' } },
    });
  });

  test('stand beside populations of requests, each sorted by name', () => {
    const request =
      '  all: { workload: { request: { model: coder, prompt: 10, output: 5 } }, arrivals: { rate: 1/s } }\n';
    const { scenario, populations } = loadValid(
      base.replace('populations:\n', `populations:\n${request}`),
    );
    expect(scenario.populations.map(({ name }) => name)).toEqual(['all']);
    expect(scenario.agents?.populations.map(({ name }) => name)).toEqual(['developers']);
    expect(populations.map(({ name }) => name)).toEqual(['all', 'developers']);
  });

  test('without sessions and what they use a scenario has no agents', () => {
    const text = readFileSync(new URL('../badinputs/base.yaml', import.meta.url), 'utf8');
    expect(loadValid(text).scenario.agents).toBeUndefined();
  });
});

describe('pools that steps use', () => {
  const { scenario, pools } = loadValid(base);
  const resource = (name: string) => scenario.agents!.resources.find((each) => each.name === name);
  const info = (name: string) => pools.find((each) => each.name === name);

  test('are resources in base units, sorted by name', () => {
    expect(scenario.agents!.resources.map(({ name }) => name)).toEqual([
      'boxes',
      'docs',
      'speech',
      'tools',
    ]);
    expect(resource('boxes')).toEqual({
      kind: 'sandboxes',
      name: 'boxes',
      slots: 40,
      maxWaiting: Number.POSITIVE_INFINITY,
      usdPerHour: undefined,
      createMs: { kind: 'lognormal', median: 200, sigma: 0.4 },
      warmStartMs: 110,
      warmTarget: 4,
      createIntervalMs: 100,
    });
    expect(resource('docs')).toMatchObject({ kind: 'store', slots: 8 });
    expect(resource('speech')).toMatchObject({
      kind: 'model',
      slots: 4,
      fixedMs: 50,
      msPerUnit: 20,
    });
  });

  test('cost as many hosts as have a core for each server', () => {
    // 16 of 128 cores: one host at 3.3 USD/h.
    expect(resource('tools')).toMatchObject({ slots: 16, usdPerHour: 3.3 });
    expect(info('tools')).toMatchObject({
      kind: 'tools',
      units: 16,
      hardware: 'epyc-host',
      usdPerUnitHour: 3.3 / 16,
      priceBasis: 'reserved',
    });
    const many = base.replace('servers: 16', 'servers: 129');
    expect(loadValid(many).scenario.agents?.resources[3]?.usdPerHour).toBe(6.6);
    const hosts = base.replace('servers: 16', 'servers: 16, hosts: 3');
    expect(loadValid(hosts).scenario.agents?.resources[3]?.usdPerHour).toBeCloseTo(9.9, 12);
  });

  test('cost per server where no hardware is named, and nothing without a price', () => {
    const priced = base.replace('connections: 8', 'connections: 8, price: 0.5 USD/h');
    expect(loadValid(priced).scenario.agents?.resources[1]?.usdPerHour).toBe(4);
    expect(resource('docs')?.usdPerHour).toBeUndefined();
    expect(info('docs')).toMatchObject({ usdPerUnitHour: undefined, priceBasis: 'no price' });
  });

  test('a connection sets the overhead of the gateway', () => {
    expect(scenario.gateway).toMatchObject({
      overheadMs: { kind: 'lognormal', median: 400, sigma: 0.5 },
      usdPerHour: 5.5,
    });
    const held = base.replace('connection: http', 'connection: held');
    expect(loadValid(held).scenario.gateway?.overheadMs).toMatchObject({ median: 80 });
  });

  test('prices: names the price that pools have which name none', () => {
    const owned = loadValid(`${base}\nprices: owned\n`);
    expect(owned.scenario.gateway?.usdPerHour).toBe(1.2);
    expect(owned.pools.find(({ name }) => name === 'gpu')?.priceBasis).toBe('owned');
    expect(owned.pools.find(({ name }) => name === 'tools')?.priceBasis).toBe('reserved');
  });

  test('a figure with its reason is carried to the pool', () => {
    const price = 'price: { value: 42 USD/h, assumption: "a guess", basis: owned }';
    const guessed = loadValid(base.replace('replicas: 2', `replicas: 2, ${price}`));
    expect(guessed.pools.find(({ name }) => name === 'gpu')).toMatchObject({
      usdPerUnitHour: 42,
      priceBasis: 'owned',
      priceAssumption: 'a guess',
    });
  });
});

describe('keys of engine pools', () => {
  const gpu = (more: string) => base.replace('replicas: 2', `replicas: 2, ${more}`);

  test('attention and maxContext reach the deployment', () => {
    const [pool] = loadValid(gpu('tensorParallel: 2, attention: data, maxContext: 32k')).scenario
      .pools;
    expect(pool).toMatchObject({ deployment: { attention: 'data', maxContextTokens: 32_000 } });
  });

  test('maxContext beyond the model, and attention: data on a wafer, are refused', () => {
    const messages = (text: string) => {
      const result = loadText(text);
      return result.ok ? [] : result.mistakes.map(({ message }) => message);
    };
    expect(messages(gpu('maxContext: 1M'))).toEqual([
      'llama-3.1-8b accepts 131072 tokens, less than 1000000',
    ]);
    const wafer = base.replace('h100-sxm, replicas: 2', 'wse-3, attention: data');
    expect(messages(wafer)).toEqual([
      'wse-3 is a pipeline machine, which divides a model by layers',
    ]);
  });
});

describe('warnings about sessions', () => {
  const warnings = (...edits: readonly (readonly [string, string])[]) => {
    const result = loadText(edits.reduce((all, [from, to]) => all.replace(from, to), base));
    if (!result.ok) throw new Error(result.mistakes[0]?.message);
    return result.warnings.map(({ code, message }) => `${code} ${message}`);
  };

  test.each([
    [
      'a quorum above the copies',
      ['copies: 3', 'copies: 1'],
      'W_QUORUM a quorum of 2 of at most 1 copies: all must end',
    ],
    [
      'steps that a single round never comes to',
      ['times: { median: 2, sigma: 1, max: 20 }', 'times: 1'],
      'W_UNREACHABLE there is one round, which ends before act',
    ],
    [
      'a pool that no step uses',
      ['fleet:\n', 'fleet:\n  idle: { kind: tools, servers: 1 }\n'],
      'W_UNREACHABLE no step uses this pool',
    ],
    [
      'a law without a mean, deep inside',
      ['duration: 1s', 'duration: { pareto: { min: 1s, alpha: 0.8 } }'],
      'W_DIST this law (pareto, alpha 0.8) has no finite mean: averages never settle',
    ],
  ] as const)('%s', (_what, edit, warning) => {
    expect(warnings(edit)).toEqual([warning]);
  });
});
