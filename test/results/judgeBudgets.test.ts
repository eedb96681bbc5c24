import { describe, expect, test } from 'vitest';
import type { Calibration } from '../../sim/hardware/accelerator.js';
import type { MetricValue } from '../../sim/metrics/summary.js';
import type { EnginePoolSpec } from '../../sim/run/scenario.js';
import type { Budget } from '../../src/config/loadedExperiment.js';
import { budgetText } from '../../src/results/budgetText.js';
import { judgeBudget, judgeBudgets } from '../../src/results/judgeBudgets.js';
import { profileError } from '../../src/results/profileError.js';
import { loadValid } from '../config/loadText.js';
import { exampleScenario } from '../metrics/exampleScenario.js';
import { exampleBudget } from './exampleExperiment.js';

function ttft(value: number, halfWidth: number, changes: Partial<MetricValue> = {}): MetricValue {
  return {
    metric: 'ttft',
    subject: 'chat',
    quantile: undefined,
    value,
    halfWidth,
    interval: { low: value - halfWidth, high: value + halfWidth },
    samples: 5000,
    doubt: undefined,
    note: undefined,
    ...changes,
  };
}

describe('a budget of TTFT ≤ 1500 ms', () => {
  test.each([
    ['passes when the whole interval is below', 1400, 99, 'pass', '1.40 ± 0.10 s'],
    ['passes when the interval ends exactly at the limit', 1400, 100, 'pass', '1.40 ± 0.10 s'],
    ['fails when the whole interval is above', 1700, 199, 'fail', '1.70 ± 0.20 s'],
    [
      'is undecided when the interval begins exactly at the limit',
      1700,
      200,
      'undecided',
      '1.70 ± 0.20 s: 1.50 s is inside the interval: more replications',
    ],
    [
      'is undecided when the mean is good but the interval is not',
      1450,
      60,
      'undecided',
      '1.45 ± 0.06 s: 1.50 s is inside the interval: more replications',
    ],
  ])('%s', (_, value, halfWidth, verdict, reason) => {
    const judged = judgeBudget(exampleBudget(), ttft(value, halfWidth), 0);
    expect(judged).toMatchObject({ verdict, reason });
  });

  test('is undecided when the error of the hardware profile could turn it', () => {
    expect(judgeBudget(exampleBudget(), ttft(1400, 10), 0.1)).toMatchObject({
      verdict: 'undecided',
      reason: '1.40 ± 0.01 s: would pass, but the profile is only good to ±10.0%',
    });
    expect(judgeBudget(exampleBudget(), ttft(1600, 10), 0.1)).toMatchObject({
      verdict: 'undecided',
      reason: '1.60 ± 0.01 s: would fail, but the profile is only good to ±10.0%',
    });
    expect(judgeBudget(exampleBudget(), ttft(1700, 10), 0.1).verdict).toBe('fail');
  });

  test('is never passed without data', () => {
    expect(judgeBudget(exampleBudget(), undefined, 0)).toMatchObject({
      verdict: 'noData',
      reason: 'nothing to measure',
    });
    const empty = ttft(1, 0, { value: undefined, doubt: 'noSamples', note: 'nothing to measure' });
    expect(judgeBudget(exampleBudget(), empty, 0).verdict).toBe('noData');
  });

  test.each([
    'tooFewSamples',
    'oneReplication',
    'growsWithRunLength',
    'warmupNotOver',
    'limitReached',
  ] as const)('is undecided on evidence in doubt: %s', (doubt) => {
    const judged = judgeBudget(exampleBudget(), ttft(10, 1, { doubt, note: 'why' }), 0);
    expect(judged).toMatchObject({ verdict: 'undecided', reason: '10.0 ± 1.0 ms: why' });
  });
});

test('both bounds count: goodput of at least 2/s and at most 3/s', () => {
  const budget = exampleBudget({ metric: 'goodput', min: 2, max: 3 });
  const goodput = (value: number) =>
    judgeBudget(budget, ttft(value, 0.1, { metric: 'goodput' }), 0);
  expect(goodput(2.5).verdict).toBe('pass');
  expect(goodput(1.5).verdict).toBe('fail');
  expect(goodput(3.5).verdict).toBe('fail');
  expect(goodput(2.05).verdict).toBe('undecided');
});

test('judgeBudgets finds the value of the population, metric and quantile', () => {
  const metrics = [
    ttft(1, 0, { subject: undefined }),
    ttft(2, 0, { quantile: 0.95 }),
    ttft(3, 0, { subject: 'other', quantile: 0.95 }),
  ];
  const [judged] = judgeBudgets(
    [exampleBudget({ quantile: 0.95 })],
    { metrics } as unknown as Parameters<typeof judgeBudgets>[1],
    { ...exampleScenario, pools: [] },
  );
  expect(judged!.value!.value).toBe(2);
});

test('the error of a profile counts for times of the pools that serve the population', () => {
  // The example chip is an estimate, ±30%.
  expect(profileError(exampleScenario, exampleBudget())).toBe(0.3);
  expect(profileError(exampleScenario, exampleBudget({ metric: 'goodput' }))).toBe(0);
  const elsewhere = { ...exampleScenario.pools[0]!, serves: ['other'] };
  expect(profileError({ ...exampleScenario, pools: [elsewhere] }, exampleBudget())).toBe(0);
});

test('of people with sessions: that of the pools that their steps and sub-agents call', () => {
  const { scenario } = loadValid(`
inflow: 1
name: people
horizon: 60s
models: { coder: llama-3.1-8b, helper: llama-3.1-8b, other: llama-3.1-8b }
populations:
  people:
    users: 1
    workload:
      turn:
        - infer: { model: coder, output: 10 tokens }
        - agent: { start: 10 tokens, result: 10 tokens, steps: [{ infer: { model: helper, output: 10 tokens } }] }
  programs:
    workload: { request: { model: other, prompt: 10 tokens, output: 10 tokens } }
    arrivals: { rate: 1/s }
fleet:
  known: { serves: [coder, helper], hardware: h100-sxm }
  guessed: { serves: other, hardware: wse-3 }
`);
  const error = (population: string | undefined, from = scenario) =>
    profileError(from, exampleBudget({ metric: 'turnWait', population }));
  expect(error('programs')).toBe(0.3);
  expect(error(undefined)).toBe(0.3);
  expect(error('people')).toBeLessThan(0.1);
  const helperGuessed = scenario.pools.map((pool) =>
    pool.kind === 'engine' && pool.name === 'guessed' ? { ...pool, serves: ['helper'] } : pool,
  );
  expect(error('people', { ...scenario, pools: helperGuessed })).toBe(0.3);
});

test('a budget on TTFT bears the error of TTFT, every other time that of decoding; inside it is undecided', () => {
  const [pool] = exampleScenario.pools.filter(({ kind }) => kind === 'engine') as EnginePoolSpec[];
  const { deployment } = pool!;
  const { name } = deployment.model;
  const weights = deployment.weightPrecision;
  const calibration: Calibration = {
    ...{ kind: 'fitted', on: 'steps', engine: 'an engine', date: '2026', error: 0.03 },
    measured: {
      models: [name],
      weights: [weights],
      accelerators: [1, 1024],
      sequences: 100_000,
      contextTokens: 1e9,
    },
    cells: [{ model: name, weights, error: 0.08, ttft: 0.46 }],
  };
  const accelerator = { ...deployment.accelerator, calibration };
  const scenario = {
    ...exampleScenario,
    pools: [{ ...pool!, deployment: { ...deployment, accelerator } }],
  };
  const errorOf = (metric: Budget['metric']) => profileError(scenario, exampleBudget({ metric }));
  expect((['tpot', 'e2e', 'ttft', 'clientTtft'] as const).map(errorOf)).toEqual([
    0.08, 0.08, 0.46, 0.46,
  ]);
  const budget = exampleBudget({ max: 160 });
  const judged = judgeBudget(budget, ttft(125, 1), errorOf('ttft'));
  expect(judged).toMatchObject({ verdict: 'undecided', profileError: 0.46 });
});

test('a budget in words', () => {
  expect(budgetText(exampleBudget({ quantile: 0.95 }))).toBe('chat TTFT p95 ≤ 1.50 s');
  expect(
    budgetText(exampleBudget({ metric: 'utilisation', min: 0.2, max: 0.8, population: undefined })),
  ).toBe('utilisation ≥ 20.0% and ≤ 80.0%');
});
