import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MetricId } from '../../sim/metrics/metricDefinitions.js';
import type { RunResult } from '../../sim/run/runResult.js';
import type { Scenario } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import type { LoadedExperiment, PoolInfo } from '../../src/config/loadedExperiment.js';
import { compareDocument } from '../../src/results/compareDocument.js';
import { type Comparison, compareMixes } from '../../src/results/compareMixes.js';
import { compareSchema } from '../../src/results/compareSchema.js';
import { compareText } from '../../src/results/compareText.js';
import { paints } from '../../src/results/paints.js';
import { summariseMixes } from '../../src/results/summariseMixes.js';
import { chain, constant, infer, oneTask, taskScenario } from '../agents/handTasks.js';
import { flatPool, handScenario, jobs, station } from '../run/handScenario.js';
import { exampleExperiment } from './exampleExperiment.js';

/** A mix around a scenario, with the pools that people read of. */
function mix(
  name: string,
  scenario: Scenario,
  options: {
    readonly replications?: number;
    readonly pools?: readonly Partial<PoolInfo>[];
    readonly budgets?: LoadedExperiment['budgets'];
  } = {},
) {
  const [example] = exampleExperiment.pools;
  const pools = (options.pools ?? []).map((pool) => ({ ...example!, ...pool }));
  const budgets = options.budgets ?? [];
  const experiment = { ...exampleExperiment, name, scenario, pools, budgets };
  const runs = Array.from({ length: options.replications ?? 4 }, (_, replication): RunResult => {
    return simulate(scenario, { seed: '1', replication });
  });
  return { name, experiment, runs };
}

function compare(
  mixes: readonly ReturnType<typeof mix>[],
  options: { readonly baseline?: number } = {},
): Comparison {
  const settings = { baseline: 0, tolerance: 0.03, assumptionOf: () => undefined, ...options };
  return compareMixes('a-question', summariseMixes(mixes), settings);
}

/** Jobs at random at one server, each for this long. */
function queue(serviceMs: number, changes: Partial<Scenario> = {}): Scenario {
  const arrivals = { kind: 'poisson', ratePerMs: 0.05 } as const;
  return handScenario({
    horizonMs: 20_000,
    drain: false,
    populations: [jobs('people', { arrivals })],
    pools: [station('desk', { serviceMs: constant(serviceMs), usdPerServerHour: 2 })],
    ...changes,
  });
}

/** Rows of latencies by their p95. */
function rowOf({ rows }: Comparison, metric: MetricId) {
  return rows.find((row) => row.metric === metric && row.quantile !== 0.5)!;
}

describe('a comparison of fleets under the same sessions', () => {
  test('a slower server is worse in every pair, by about the time it takes more', () => {
    const { paired, values } = rowOf(
      compare([mix('fast', queue(5)), mix('slow', queue(6))]),
      'e2e',
    );
    expect(paired[0]).toBeUndefined();
    expect(paired[1]).toMatchObject({ pairs: 4, verdict: 'worse', reason: undefined });
    expect(paired[1]!.difference.mean).toBeGreaterThan(1);
    // Pairs share their arrivals: the difference is known better than either value.
    expect(paired[1]!.difference.halfWidth).toBeLessThan(values[1]!.halfWidth!);
    expect(paired[1]!.ratio.mean).toBeCloseTo(values[1]!.value! / values[0]!.value!, 10);
  });

  test('a mix compared with itself differs by exactly 0 in every metric', () => {
    fc.assert(
      fc.property(
        fc.record({
          serviceMs: fc.integer({ min: 1, max: 19 }),
          replications: fc.integer({ min: 2, max: 4 }),
          isCut: fc.boolean(),
        }),
        ({ serviceMs, replications, isCut }) => {
          const scenario = queue(serviceMs, { drain: !isCut, horizonMs: 5000 });
          const one = mix('one', scenario, { replications });
          const { rows } = compare([one, { ...one, name: 'other' }]);
          expect(rows.length).toBeGreaterThan(5);
          for (const { paired } of rows) {
            expect(paired[1]!.difference).toEqual({ mean: 0, halfWidth: 0 });
            expect(['no difference shown', 'undecided']).toContain(paired[1]!.verdict);
          }
        },
      ),
      { numRuns: 20, seed: 7 },
    );
  });

  test('with three mixes each interval is of 97.5%, and wider', () => {
    const [two, three] = [
      compare([mix('a', queue(5)), mix('b', queue(6))]),
      compare([mix('a', queue(5)), mix('b', queue(6)), mix('c', queue(7))]),
    ];
    expect([two.confidence, three.confidence]).toEqual([0.95, 0.975]);
    const half = (of: Comparison) => rowOf(of, 'e2e').paired[1]!.difference.halfWidth;
    // t at 3 degrees of freedom: 3.182 and 4.177.
    expect(half(three) / half(two)).toBeCloseTo(4.177 / 3.182, 3);
    expect(compareText(three, paints(false))).toContain(
      '2 comparisons with a: intervals of 97.5% each, 95% together (Bonferroni)',
    );
  });

  test('another baseline turns the differences round', () => {
    const mixes = [mix('fast', queue(5)), mix('slow', queue(6))];
    const [forth, back] = [compare(mixes), compare(mixes, { baseline: 1 })];
    const there = rowOf(forth, 'e2e').paired[1]!;
    const home = rowOf(back, 'e2e').paired[0]!;
    expect(home.difference.mean).toBeCloseTo(-there.difference.mean, 12);
    expect([there.verdict, home.verdict]).toEqual(['worse', 'better']);
  });

  test('one replication shows nothing, too few samples and overload leave it undecided, each in its line', () => {
    const single = compare([
      mix('fast', queue(5), { replications: 1 }),
      mix('slow', queue(6), { replications: 1 }),
    ]);
    expect(rowOf(single, 'e2e').paired[1]).toMatchObject({
      verdict: 'undecided',
      reason: 'one replication',
    });
    const short = { horizonMs: 500 };
    const few = compare([mix('fast', queue(5, short)), mix('slow', queue(6, short))]);
    expect(rowOf(few, 'e2e').paired[1]!.reason).toBe('too few samples');
    const lost = compare([mix('fast', queue(5)), mix('drowned', queue(30))]);
    expect(rowOf(lost, 'e2e').paired[1]).toMatchObject({
      verdict: 'undecided',
      reason: 'drowned: more arrives than is finished',
    });
    expect(compareText(lost, paints(false)).join('\n')).toMatch(/drowned: grows with run length/);
  });

  test('all mixes are measured over the same time: the latest of their warm-ups is cut from all', () => {
    const warmup = { kind: 'auto' } as const;
    const { mixes } = compare([
      mix('calm', queue(2, { warmup })),
      mix('busy', queue(19, { warmup })),
    ]);
    const cuts = mixes.map(({ summary }) => summary.warmup.untilMs);
    expect(cuts[0]).toBe(cuts[1]);
    expect(mixes.every(({ summary }) => summary.warmup.rule.includes('MSER-5'))).toBe(true);
  });

  test('sessions that are not the same are named', () => {
    const arrivals = { kind: 'poisson', ratePerMs: 0.06 } as const;
    const other = queue(5, { populations: [jobs('people', { arrivals })] });
    const more = queue(5, {
      populations: [...queue(5).populations, jobs('robots', {})],
      horizonMs: 10_000,
    });
    const { differences } = compare([mix('a', queue(5)), mix('b', other), mix('c', more)]);
    expect(differences).toEqual([
      [],
      ['its population people is another'],
      ['only it has the population robots', 'its horizon is 10.0 s, not 20.0 s'],
    ]);
  });
});

describe('the errors of hardware profiles', () => {
  /** A machine whose iterations take so long, by a profile that may be off by a band. */
  function machine(name: string, iterationMs: number, band: number) {
    const pool = flatPool('gpu', { iterationMs });
    const calibration = { kind: 'estimate', band, because: 'an example' } as const;
    const accelerator = { ...pool.deployment.accelerator, name, calibration };
    const deployment = { ...pool.deployment, accelerator };
    return queue(1, {
      populations: [jobs('people', { arrivals: { kind: 'poisson', ratePerMs: 0.001 } })],
      horizonMs: 100_000,
      pools: [{ ...pool, deployment }],
    });
  }

  test.each([
    // 10 ms against 15: with 30% on one of them they may be 10 and 10.5; with 40%, 10 and 9.
    ['small enough', 0.3, 'other', 'worse', undefined],
    ['too large', 0.4, 'other', 'undecided', 'profile ±40%'],
    ['shared by both', 0.4, 'chip', 'worse', undefined],
  ] as const)('%s', (_, band, name, verdict, reason) => {
    const base = mix('base', machine('chip', 10, name === 'chip' ? band : 0));
    const other = mix('new', machine(name, 15, band));
    expect(rowOf(compare([base, other]), 'e2e').paired[1]).toMatchObject({ verdict, reason });
  });
});

describe('prices', () => {
  test('equal within the tolerance, or named with the share', () => {
    const cheap = queue(5);
    const priced = (usd: number) =>
      queue(5, { pools: [station('desk', { serviceMs: constant(5), usdPerServerHour: usd })] });
    expect(compare([mix('a', cheap), mix('b', priced(2.05))]).prices).toEqual({
      usdPerHour: [2, 2.05],
      tolerance: 0.03,
      areEqual: true,
    });
    const dear = compare([mix('a', cheap), mix('b', priced(2.5))]);
    expect(dear.prices.areEqual).toBe(false);
    expect(compareText(dear, paints(false))).toContain(
      '  not at equal cost (within 3%): b costs 25% more than a',
    );
    expect(rowOf(dear, 'usdPerHour').paired[1]).toMatchObject({ verdict: 'worse' });
    expect(rowOf(dear, 'usdPerHour').paired[1]!.difference).toEqual({ mean: 0.5, halfWidth: 0 });
  });

  /** Humans who chat turn after turn with one server that takes so long to answer. */
  function chat(serviceMs: number, usdPerServerHour: number | undefined): Scenario {
    const people = oneTask(chain(infer('answer')), { tasks: constant(20) });
    const pool = { servers: 10, serviceMs: constant(serviceMs), usdPerServerHour };
    return taskScenario([people], [], { pools: [station('chips', pool)], drain: false });
  }

  test('the break-even price of a chip, worked out by hand', () => {
    const old = { name: 'chips', hardware: 'old-chip', units: 10, acceleratorsPerUnit: 1 };
    const fresh = { ...old, hardware: 'new-chip', usdPerUnitHour: 3, priceBasis: 'owned' };
    const base = mix('base', chat(2000, 2), { pools: [old] });
    const quick = mix('quick', chat(1000, 3), { pools: [fresh] });
    const [found] = compare([base, quick]).breakEvens;
    // 20 USD/h for 10 chips. Each human is in flow all the time until 20 turns are done: of 3 s and of 2 s.
    expect(found).toMatchObject({
      mix: 'quick',
      hardware: 'new-chip',
      accelerators: 10,
      usdPerHour: 3,
      sameCostUsd: 2,
    });
    const flowShare = 40 / 60;
    expect(found!.sameFlowCostUsd!.mean).toBeCloseTo(2 * flowShare, 9);
  });

  test('a chip without any price has a break-even price all the same', () => {
    const chip = { name: 'chips', hardware: 'new-chip', units: 10, acceleratorsPerUnit: 1 };
    const pools = [{ ...chip, usdPerUnitHour: undefined, priceBasis: 'no price' }];
    const base = mix('base', chat(2000, 2), { pools: [{ ...chip, hardware: 'old-chip' }] });
    const comparison = compare([base, mix('quick', chat(1000, undefined), { pools })]);
    expect(comparison.breakEvens[0]).toMatchObject({ usdPerHour: undefined, sameCostUsd: 2 });
    expect(comparison.prices.areEqual).toBeUndefined();
    const text = compareText(comparison, paints(false));
    expect(text).toContain('  no price for quick: costs are not compared');
    expect(text.join('\n')).toMatch(
      /new-chip in quick: costs the same as base at 2\.00 USD\/h per/,
    );
  });

  test('humans stand in the first rows', () => {
    const { rows } = compare([mix('a', chat(2000, 2)), mix('b', chat(1000, 2))]);
    expect(rows.slice(0, 3).map(({ metric, quantile }) => [metric, quantile])).toEqual([
      ['humanInFlowLatency', 0.5],
      ['humanInFlowLatency', 0.95],
      ['flowFraction', undefined],
    ]);
    expect(rows.at(-1)!.metric).toBe('usdPerFlowMinute');
  });
});

test('the document keeps its schema, and holds the value of every replication', () => {
  const document = compareDocument(compare([mix('fast', queue(5)), mix('slow', queue(6))]));
  expect(compareSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  const row = document.rows.find(({ metric, quantile }) => metric === 'e2e' && quantile === 0.95)!;
  const [a, b] = row.values.map(({ byReplication }) => byReplication as number[]);
  const differences = b!.map((value, index) => value - a![index]!);
  const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
  expect(row.paired[0]!.difference).toBeCloseTo(mean, 12);
});
