import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EnginePoolSpec } from '../../sim/run/scenario.js';
import { loadExperiment } from '../../src/config/loadExperiment.js';
import { loadMixes } from '../../src/config/loadMixes.js';
import { measuredData } from '../measuredData.js';
import { loadText, loadValid } from './loadText.js';

const base = readFileSync(new URL('../badinputs/base.yaml', import.meta.url), 'utf8');
const options = { overrides: [], quick: false };

describe('a small experiment', () => {
  const experiment = loadValid(base);
  const { scenario } = experiment;

  test('becomes a scenario in base units', () => {
    expect(scenario).toMatchObject({
      name: 'base',
      horizonMs: 600_000,
      drain: false,
      warmup: { kind: 'cut', untilMs: 60_000 },
      limits: { maxEvents: 1e9, maxRecords: 1e6 },
      gateway: { name: 'gate', servers: 4, serviceMs: { kind: 'constant', value: 3 } },
      placement: [
        {
          when: { contextTokens: { min: 0, max: 31_999 } },
          prefer: ['gpu'],
          spillAt: { queueTimeMs: 1000 },
        },
        { when: {}, prefer: ['gpu'], spillAt: {} },
      ],
    });
    expect(scenario.populations).toEqual([
      {
        name: 'chat',
        interactive: true,
        role: 'small',
        networkMs: { kind: 'constant', value: 20 },
        source: {
          kind: 'laws',
          arrivals: { kind: 'poisson', ratePerMs: 0.002 },
          batch: 1,
          promptTokens: {
            kind: 'lognormal',
            median: 500,
            sigma: 1,
            round: 'nearest',
            atMost: 8000,
          },
          outputTokens: { kind: 'lognormal', median: 100, sigma: 0.5, round: 'nearest' },
          sharedPrefix: undefined,
        },
      },
    ]);
  });

  test('has the defaults of the engine, the checkpoint’s precision, and the price on demand', () => {
    const [pool] = scenario.pools as readonly EnginePoolSpec[];
    expect(pool).toMatchObject({
      kind: 'engine',
      name: 'gpu',
      serves: ['small'],
      replicas: 2,
      engine: {
        asyncScheduling: true,
        wholeSequenceAdmission: true,
        prefixCache: true,
        blockTokens: 16,
        maxSequences: 64,
        maxBatchTokens: 2048,
      },
      router: { policy: 'least-requests', slack: 8 },
      maxWaiting: Number.POSITIVE_INFINITY,
      deployment: {
        accelerator: { name: 'h100-sxm' },
        model: { name: 'llama-3.1-8b' },
        tensorParallel: 1,
        weightPrecision: 'bf16',
        kvPrecision: 'bf16',
        memoryShare: 0.9,
        graphSizes: [],
      },
    });
    expect(experiment.pools.find(({ name }) => name === 'gpu')).toMatchObject({
      priceBasis: 'on-demand',
      acceleratorsPerUnit: 1,
      confidence: expect.stringMatching(/^(calibrated|extrapolated \(.*\)): ±\d.*fitted to /),
    });
  });

  test('comes with the arithmetic before a run', () => {
    const [memory, load] = experiment.fit;
    expect(memory).toMatchObject({ kind: 'memory', pool: 'gpu' });
    // 8,029,995,008 parameters of 2 bytes.
    expect(memory).toMatchObject({ weightBytes: 16_059_990_016, memoryBytes: 85.9e9 });
    expect(load).toMatchObject({ kind: 'load', role: 'small', offeredPerSec: 2 });
    expect(load?.text).toMatch(/^small: 2.00\/s offered, roughly \d+\/s possible \(\d%\)$/);
  });

  test('has budgets in base units, with their lines', () => {
    expect(experiment.budgets).toEqual([
      {
        metric: 'ttft',
        quantile: 0.95,
        min: undefined,
        max: 2000,
        population: 'chat',
        pool: undefined,
        level: 'fail',
        line: 40,
      },
    ]);
  });
});

describe('options of pools', () => {
  const pool = (keys: string) =>
    loadValid(base.replace('    replicas: 2\n', `${keys}\n`)).scenario.pools[0] as EnginePoolSpec;

  test('a price by basis, by figure, per accelerator and hour', () => {
    const prices = ['reserved', '3.2 USD/h', 'none'].map(
      (price) => pool(`    tensorParallel: 2\n    price: ${price}`).usdPerReplicaHour,
    );
    expect(prices).toEqual([2 * 2.35, 6.4, undefined]);
  });

  test('a pipeline machine takes as many chips as the model needs, unless the file says more', () => {
    const wafers = (keys: string) =>
      (
        loadValid(
          base
            .replace('llama-3.1-8b', 'gpt-oss-120b')
            .replace('hardware: h100-sxm', `hardware: wse-3${keys}`),
        ).scenario.pools[0] as EnginePoolSpec
      ).deployment.tensorParallel;
    expect(wafers('')).toBe(2);
    expect(wafers('\n    accelerators: 3')).toBe(3);
  });

  test('graph sizes are sorted, without repetition', () => {
    const graphs = base.replace(
      'maxSequences: 64',
      'maxSequences: 64\n      graphSizes: [8, 1, 8]',
    );
    const [spec] = loadValid(graphs).scenario.pools as EnginePoolSpec[];
    expect(spec?.deployment.graphSizes).toEqual([1, 8]);
  });

  test('router and limits', () => {
    expect(pool('    router: { policy: prefix-aware, slack: 3 }\n    maxWaiting: 5')).toMatchObject(
      {
        router: { policy: 'prefix-aware', slack: 3 },
        maxWaiting: 5,
      },
    );
    expect(pool('    router: round-robin\n    maxWaiting: unlimited')).toMatchObject({
      router: { policy: 'round-robin', slack: 8 },
      maxWaiting: Number.POSITIVE_INFINITY,
    });
  });
});

describe('a fleet of plain stations needs no model', () => {
  const text = `
inflow: 1
name: queue
horizon: 1h
populations:
  callers:
    workload: { request: { model: work, prompt: 1, output: 1 } }
    arrivals: { process: poisson, rate: 0.8/s }
fleet:
  desk: { kind: station, serves: work, servers: 1, service: { exponential: { mean: 1s } }, price: 2 USD/h }
`;

  test('with its load in percent', () => {
    const { scenario, fit, pools } = loadValid(text);
    expect(scenario.pools).toEqual([
      {
        kind: 'station',
        name: 'desk',
        serves: ['work'],
        discipline: 'fcfs',
        servers: 1,
        serviceMs: { kind: 'exponential', mean: 1000 },
        maxWaiting: Number.POSITIVE_INFINITY,
        usdPerServerHour: 2,
      },
    ]);
    expect(fit.map((line) => line.text)).toEqual([
      'work: 0.80/s offered, roughly 1.00/s possible (80%)',
    ]);
    expect(pools[0]).toMatchObject({ priceBasis: 'as written', usdPerUnitHour: 2 });
  });

  test('its servers may need a set-up, and who waits may leave', () => {
    const { scenario } = loadValid(
      text.replace('servers: 1,', 'setup: 5s, patience: { exponential: { mean: 2min } },'),
    );
    expect(scenario.pools[0]).toMatchObject({
      setUpMs: { kind: 'constant', value: 5000 },
      patienceMs: { kind: 'exponential', mean: 120_000 },
    });
  });

  test('its arrivals may follow the hour: 2/s for 30 min, then nothing, is 1/s on average', () => {
    const steps =
      '{ process: piecewise, steps: [{ from: 0s, rate: 2/s }, { from: 30min, rate: 0/s }] }';
    const { populations } = loadValid(text.replace('{ process: poisson, rate: 0.8/s }', steps));
    expect(populations[0]?.requestsPerSec).toBeCloseTo(1, 12);
  });
});

describe('a quick look', () => {
  test('has a tenth of the horizon and of the warm-up, and at most 3 replications', () => {
    const text = base.replace('replications: 2', 'replications: 10').replace('10min', '2h');
    const { scenario, replications, isQuick } = loadValid(text, { quick: true });
    expect({ replications, isQuick }).toEqual({ replications: 3, isQuick: true });
    expect(scenario.horizonMs).toBe(720_000);
    expect(scenario.warmup).toEqual({ kind: 'cut', untilMs: 6000 });
  });

  test('keeps a minute where there is one, and no more than the file says', () => {
    expect(loadValid(base, { quick: true }).scenario.horizonMs).toBe(60_000);
    const short = base.replace('10min', '20s').replace('warmup: 1min', 'warmup: 2s');
    expect(loadValid(short, { quick: true }).scenario.horizonMs).toBe(20_000);
  });
});

describe('several mistakes', () => {
  test('are found together, in the file and in the profile that it names', () => {
    const text = base
      .replace('horizon: 10min', 'horizon: 600')
      .replace('sigma: 0.5', 'sigma: -1')
      .replace('hardware: h100-sxm', 'hardware: h100-sx')
      .replace('maxBatchTokens: 2048', 'maxBatchTokens: 8')
      .replace('metric: ttft', 'metric: tfft')
      .replace('rate: 2/s', 'rate: 2/sec');
    const result = loadText(text);
    if (result.ok) throw new Error('was accepted');
    expect(result.mistakes.map(({ line, code }) => [line, code])).toEqual([
      [6, 'E_UNIT'],
      [18, 'E_DIST'],
      [19, 'E_UNIT'],
      [29, 'E_REF'],
      [33, 'E_RANGE'],
      [40, 'E_REF'],
    ]);
  });
});

describe('the hash of a configuration', () => {
  const hash = (text: string) => loadValid(text).configHash;

  test('does not change with comments, defaults that are written out, or the text for people', () => {
    const same = base
      .replace('replicas: 2\n', 'replicas: 2   # two\n    memory: 0.9\n    kv: bf16\n')
      .replace('about: A valid', 'about: Another');
    expect(hash(same)).toBe(hash(base));
  });

  test.each([
    ['seed: 42', 'seed: 43'],
    ['replications: 2', 'replications: 3'],
    ['rate: 2/s', 'rate: 2.1/s'],
    ['max: 2s', 'max: 3s'],
    ['maxSequences: 64', 'maxSequences: 65'],
  ])('changes from %s to %s', (from, to) => {
    expect(hash(base.replace(from, to))).not.toBe(hash(base));
  });
});

describe('shipped experiments', () => {
  const folder = new URL('../../experiments', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

  /** What an experiment is warned of that is about just that. */
  const meant: Record<string, string[]> = { 'hand-over-vendors.yaml': ['W_KV'] };

  test.each(files)('%s is valid, without a warning that is not meant', (file) => {
    const path = `experiments/${file}`;
    if (readFileSync(path, 'utf8').includes('replay:')) return;
    const result = loadMixes(path, options);
    expect(result.ok && result.warnings.map(({ code }) => code)).toEqual(meant[file] ?? []);
  });

  test('trace-replay.yaml is valid where the traces are', (context) => {
    measuredData(context, 'workloads/azure_conv_2023.csv.gz');
    const result = loadExperiment('experiments/trace-replay.yaml', options);
    expect(result).toMatchObject({ ok: true, warnings: [] });
  });

  test('without its traces it says where to get them, and the exit code is 4', () => {
    const dataFolder = 'nowhere';
    const result = loadExperiment('experiments/trace-replay.yaml', { ...options, dataFolder });
    if (result.ok) throw new Error('was accepted');
    expect(result.exitCode).toBe(4);
    const [azure, mooncake] = result.mistakes;
    expect(azure?.hint).toContain('github.com/Azure/AzurePublicDataset');
    expect(mooncake?.hint).toContain('github.com/kvcache-ai/Mooncake');
    expect(azure?.message).toBe('nowhere/workloads/azure_conv_2023.csv.gz: no such file');
  });
});
