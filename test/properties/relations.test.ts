import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Outcome } from '../../sim/facts/requestTable.js';
import { routerPolicies } from '../../sim/fleet/routerSpec.js';
import type { Law } from '../../sim/laws/law.js';
import type { RunResult } from '../../sim/run/runResult.js';
import type { EnginePoolSpec, RequestPopulation, Scenario } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { Dice } from '../engine/dice.js';
import { flatPool, handScenario, jobs, scripted, station } from '../run/handScenario.js';
import { randomScenario, type ScenarioLimits } from './randomScenario.js';
import { allFacts, requestFacts } from './runFacts.js';

const first = { seed: '1', replication: 0 };
const run = (scenario: Scenario) => simulate(scenario, first);
const rowsOf = (scenario: Scenario) => requestFacts(run(scenario), scenario);

/** Checks a relation in so many random worlds. */
function inRandomWorlds(
  numRuns: number,
  limits: ScenarioLimits,
  check: (scenario: Scenario, dice: Dice) => void,
): void {
  const relation = fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) =>
    check(randomScenario(seed, limits), new Dice(seed)),
  );
  fc.assert(relation, { seed: 1, numRuns });
}

/** The scenario with all its engine pools changed. */
function withEngines(
  scenario: Scenario,
  change: (pool: EnginePoolSpec) => EnginePoolSpec,
): Scenario {
  const pools = scenario.pools.map((pool) => (pool.kind === 'engine' ? change(pool) : pool));
  return { ...scenario, pools };
}

test('the same seed gives the same bytes', () => {
  inRandomWorlds(60, {}, (scenario) => {
    expect(allFacts(run(scenario), scenario)).toEqual(allFacts(run(scenario), scenario));
  });
});

test('a pool that serves nobody, and a population that sends nothing, change no request', () => {
  inRandomWorlds(60, {}, (scenario) => {
    const unused = [
      flatPool('a-pool', {}, { serves: ['nothing'], replicas: 3 }),
      station('a-station', { serves: ['nothing'] }),
    ];
    const larger = {
      ...scenario,
      pools: [...unused, ...scenario.pools],
      populations: [scripted('a-nobody', []), ...scenario.populations],
    };
    expect(rowsOf(larger)).toEqual(rowsOf(scenario));
  });
});

test('people with a pool of their own change no request of others', () => {
  inRandomWorlds(60, {}, (world, dice) => {
    const scenario = { ...world, gateway: undefined };
    const other = jobs('a-other', {
      arrivals: { kind: 'poisson', ratePerMs: dice.spread(0.001, 4) },
    });
    const larger = {
      ...scenario,
      pools: [flatPool('a-pool', {}, { serves: ['other'], replicas: 2 }), ...scenario.pools],
      populations: [{ ...other, role: 'other' }, ...scenario.populations],
    };
    const { rows: _rows, ...alone } = rowsOf(scenario);
    const together = rowsOf(larger);
    const isOriginal = together['population']!.map((name) => name !== 'a-other');
    expect(isOriginal).toContain(false);
    for (const [name, column] of Object.entries(alone)) {
      expect(together[name]!.filter((_, row) => isOriginal[row])).toEqual(column);
    }
  });
});

test('a longer horizon changes nothing that happened before the shorter one', () => {
  inRandomWorlds(60, { drain: false }, (scenario) => {
    const short = run(scenario);
    const { horizonMs } = scenario;
    const { requests } = run({ ...scenario, horizonMs: 1.5 * horizonMs });
    expect(requests.count).toBeGreaterThanOrEqual(short.requests.count);
    for (const [name, column] of Object.entries(short.requests)) {
      if (typeof column === 'number') continue;
      const longer = requests[name as 'finishMs'];
      for (let row = 0; row < short.requests.count; row++) {
        const hasEnded = short.requests.outcome[row] !== Outcome.open;
        if (hasEnded && !Object.is(longer[row], column[row])) {
          expect([name, row, longer[row]]).toEqual([name, row, column[row]]);
        }
      }
    }
    for (let row = 0; row < short.requests.count; row++) {
      if (short.requests.outcome[row] !== Outcome.open) continue;
      const endMs = requests.finishMs[row]!;
      if (endMs <= horizonMs) expect([row, endMs]).toEqual([row, 'after the shorter horizon']);
    }
  });
});

test('a trace of the run’s own requests gives the same run', () => {
  inRandomWorlds(60, { onlyOwnContexts: true, noPolicies: true }, (scenario) => {
    const own = run(scenario);
    const populations = scenario.populations.map((population, index) => ({
      ...population,
      source: scripted('', recorded(own, index)).source,
    }));
    expect(rowsOf({ ...scenario, populations })).toEqual(requestFacts(own, scenario));
  });
});

/** The requests of a population, as a trace would record them. */
function recorded({ requests }: RunResult, population: number): [number, number, number][] {
  const { sentMs, promptTokens, outputTokens } = requests;
  const rows = Array.from(sentMs.keys()).filter((row) => requests.population[row] === population);
  return rows.map((row) => [sentMs[row]!, promptTokens[row]!, outputTokens[row]!]);
}

test('a token budget larger than everything asked: whatever it is, nobody waits for it', () => {
  inRandomWorlds(60, {}, (scenario) => {
    const [large, larger] = [1e6, 2e6].map((maxBatchTokens) =>
      rowsOf(
        withEngines(scenario, (pool) => ({ ...pool, engine: { ...pool.engine, maxBatchTokens } })),
      ),
    );
    expect(larger).toEqual(large);
    expect(large!['tokenBudgetMs']!.every((ms) => ms === 0)).toBe(true);
  });
});

test('a memory larger than everything asked: whatever it is, nobody waits for it or is preempted', () => {
  inRandomWorlds(60, {}, (scenario) => {
    const [large, larger] = [1e9, 2e9].map((memoryBytes) =>
      rowsOf(
        withEngines(scenario, (pool) => {
          const { deployment } = pool;
          const accelerator = { ...deployment.accelerator, memoryBytes };
          return { ...pool, deployment: { ...deployment, accelerator } };
        }),
      ),
    );
    expect(larger).toEqual(large);
    const isZero = (value: unknown) => value === 0;
    expect(large!['kvBlocksMs']!.every(isZero)).toBe(true);
    expect(large!['preemptions']!.every(isZero)).toBe(true);
    expect(large!['outcome']).not.toContain(Outcome.neverFits);
  });
});

test('when queues are empty and nothing is cached, all routers give the same times', () => {
  const requests = Array.from({ length: 20 }, (_, i) => [9000 * i, 5 + i, 1 + (i % 7)] as const);
  const weights = { prefix: 3, requests: 1, queue: 2, kv: 2, tokens: 1, session: 1 };
  const times = routerPolicies.map((policy) => {
    const pools = [
      flatPool(
        'gpu',
        { prefixCache: false },
        { replicas: 4, router: { policy, slack: 2, ...(policy === 'weighted' && { weights }) } },
      ),
    ];
    const populations = [scripted('a', requests)];
    const facts = rowsOf(handScenario({ horizonMs: 2e5, populations, pools }));
    return [facts['scheduledMs'], facts['firstTokenMs'], facts['finishMs']];
  });
  for (const others of times) expect(others).toEqual(times[0]);
});

/** A plain station, and who comes to it. */
const queues = fc.record({
  cv: fc.constantFrom(0.5, 1, 3),
  load: fc.double({ min: 0.3, max: 1.2, noNaN: true }),
  servers: fc.integer({ min: 1, max: 5 }),
  service: fc.constantFrom<Law>(
    { kind: 'constant', value: 1000 },
    { kind: 'exponential', mean: 1000 },
    { kind: 'lognormal', median: 600, sigma: 1 },
  ),
});

type Queue = typeof queues extends fc.Arbitrary<infer Value> ? Value : never;

/** Start and end of each job of a queue, as columns. */
function startsAndEnds(
  { cv, load, servers, service }: Queue,
  changes: { readonly servers?: number; readonly faster?: number },
) {
  const ratePerMs = (load * servers) / 1000;
  const serviceMs = faster(service, changes.faster ?? 1);
  const scenario = handScenario({
    horizonMs: 3e5,
    populations: [jobs('a', { arrivals: { kind: 'gamma', ratePerMs, cv } })],
    pools: [station('server', { servers: changes.servers ?? servers, serviceMs })],
  });
  return run(scenario).requests;
}

function faster(law: Law, factor: number): Law {
  if (law.kind === 'constant') return { ...law, value: law.value / factor };
  if (law.kind === 'exponential') return { ...law, mean: law.mean / factor };
  if (law.kind === 'lognormal') return { ...law, median: law.median / factor };
  throw new Error(`no faster ${law.kind} law`);
}

describe('at one first-come first-served station', () => {
  test('another server makes no job start later', () => {
    const relation = fc.property(queues, (queue) => {
      const few = startsAndEnds(queue, {});
      const more = startsAndEnds(queue, { servers: queue.servers + 1 });
      expect(more.count).toBe(few.count);
      expect(few.scheduledMs.every((startMs, row) => more.scheduledMs[row]! <= startMs)).toBe(true);
    });
    fc.assert(relation, { seed: 1, numRuns: 60 });
  });

  test('servers that are a tenth faster make no job start or end later', () => {
    const relation = fc.property(queues, (queue) => {
      const slow = startsAndEnds(queue, {});
      const fast = startsAndEnds(queue, { faster: 1.1 });
      expect(slow.scheduledMs.every((startMs, row) => fast.scheduledMs[row]! <= startMs)).toBe(
        true,
      );
      expect(slow.finishMs.every((endMs, row) => fast.finishMs[row]! < endMs)).toBe(true);
    });
    fc.assert(relation, { seed: 1, numRuns: 60 });
  });
});

test('all durations eight times as long, all rates an eighth: every time is eight times as long, exactly', () => {
  // Ten hours run on a grid of 2^-27 ms and eighty on one of 2^-24, so rounding scales with them.
  const times = (factor: number) => {
    const law = (kind: 'exponential', meanMs: number): Law => ({ kind, mean: factor * meanMs });
    const population = (name: string, role: string, perHour: number): RequestPopulation => ({
      ...jobs(name, {
        arrivals: { kind: 'poisson', ratePerMs: perHour / 3_600_000 / factor },
        promptTokens: { kind: 'uniform', min: 1, max: 60 },
        outputTokens: { kind: 'uniform', min: 1, max: 40 },
      }),
      role,
      networkMs: law('exponential', 2000),
    });
    const scenario = handScenario({
      horizonMs: factor * 36_000_000,
      populations: [population('a', 'chat', 40), population('b', 'work', 100)],
      gateway: {
        name: 'gateway',
        servers: 1,
        serviceMs: law('exponential', 7000),
        perThousandTokensMs: factor * 100,
        overheadMs: law('exponential', 500),
        maxWaiting: 50,
        usdPerHour: undefined,
      },
      pools: [
        flatPool('gpu', { iterationMs: factor * 5000, kvBlocks: 12 }, { replicas: 2 }),
        station('server', { serves: ['work'], servers: 2, serviceMs: law('exponential', 60_000) }),
      ],
    });
    const { count, ...columns } = run(scenario).requests;
    const inMs = Object.entries(columns).filter(([name]) => name.endsWith('Ms'));
    return { count, inMs, preemptions: columns.preemptions };
  };
  const short = times(1);
  const long = times(8);
  expect(long.count).toBe(short.count);
  expect(short.count).toBeGreaterThan(1200);
  expect(short.preemptions).toEqual(long.preemptions);
  for (const [index, [name, column]] of short.inMs.entries()) {
    expect([name, ...long.inMs[index]![1]]).toEqual([name, ...column.map((ms) => 8 * ms)]);
  }
});
