import { describe, expect, test } from 'vitest';
import { Outcome } from '../../sim/facts/requestTable.js';
import type { Scenario } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { flatPool, handScenario, jobs, scripted, station } from './handScenario.js';

const first = { seed: '1', replication: 0 };

/** Three requests a second apart, of 1.5 s each, at one server. */
const overlapping = (changes: Partial<Scenario>) =>
  handScenario({
    horizonMs: 2500,
    populations: [
      scripted('a', [
        [0, 1, 1],
        [1000, 1, 1],
        [2000, 1, 1],
      ]),
    ],
    pools: [station('server', { serviceMs: { kind: 'constant', value: 1500 } })],
    ...changes,
  });

describe('a run ends', () => {
  test('at its horizon: what is inside stays open', () => {
    const result = simulate(overlapping({ drain: false }), first);
    expect(result).toMatchObject({ ending: 'horizon', endMs: 2500, arrived: 3 });
    expect([...result.requests.outcome]).toEqual([Outcome.completed, Outcome.open, Outcome.open]);
    expect([...result.requests.finishMs]).toEqual([1500, Number.NaN, Number.NaN]);
  });

  test('at its horizon, where what ends then has ended', () => {
    const result = simulate(overlapping({ drain: false, horizonMs: 3000 }), first);
    expect([...result.requests.finishMs]).toEqual([1500, 3000, Number.NaN]);
  });

  test('when all is done, after the horizon', () => {
    const result = simulate(overlapping({}), first);
    expect(result).toMatchObject({ ending: 'drained', endMs: 4500, arrived: 3, events: 6 });
    expect([...result.requests.finishMs]).toEqual([1500, 3000, 4500]);
  });

  test('at its horizon as well when all is done before it', () => {
    const result = simulate(overlapping({ horizonMs: 60_000 }), first);
    expect(result).toMatchObject({ ending: 'drained', endMs: 60_000 });
    expect(result.pools[0]!.timeline.binCount).toBe(200);
  });

  test('at its limit of events', () => {
    const result = simulate(overlapping({ limits: { maxEvents: 3, maxRecords: 10 } }), first);
    expect(result).toMatchObject({ ending: 'eventLimit', endMs: 1500, arrived: 2, events: 3 });
  });

  test('at the end of the clock, 2^26 ms for a run of hours', () => {
    const dayMs = 86_400_000;
    const pools = [station('server', { serviceMs: { kind: 'constant', value: dayMs } })];
    const result = simulate(overlapping({ pools }), first);
    expect(result).toMatchObject({ ending: 'clockLimit', endMs: 2000 });
    expect([...result.requests.outcome]).toEqual([Outcome.open, Outcome.open, Outcome.open]);
  });

  test('not before a horizon of 13 hours, which the clock still holds', () => {
    const hourMs = 3_600_000;
    const scenario = handScenario({
      horizonMs: 13 * hourMs,
      populations: [jobs('a', { arrivals: { kind: 'constant', ratePerMs: 1 / hourMs } })],
      pools: [station('server')],
    });
    const result = simulate(scenario, first);
    expect(result).toMatchObject({ ending: 'drained', arrived: 12, endMs: 13 * hourMs });
  });
});

test('nobody comes: nothing happens, and nothing is NaN', () => {
  const scenario = handScenario({
    populations: [scripted('a', [])],
    pools: [flatPool('gpu'), station('server')],
  });
  const result = simulate(scenario, first);
  expect(result).toMatchObject({ ending: 'drained', arrived: 0, events: 0, endMs: 10_000 });
  for (const { timeline } of result.pools) {
    expect([...timeline.busyUnits, ...timeline.running]).toEqual(new Array(400).fill(0));
  }
});

test('who can never fit is told so at placement, and others are served', () => {
  const populations = [
    scripted('a', [
      [0, 1600, 1],
      [0, 1599, 1],
    ]),
  ];
  const pools = [flatPool('gpu', { kvBlocks: 100, maxBatchTokens: 1600 })];
  const { requests } = simulate(handScenario({ populations, pools }), first);
  expect([...requests.outcome]).toEqual([Outcome.neverFits, Outcome.completed]);
  expect([...requests.pool]).toEqual([-1, 0]);
  expect([requests.arrivalMs[0], requests.finishMs[0]]).toEqual([0, 0]);
});

test('a full loss station passes requests on to the next pool, and the last turns them away', () => {
  const loss = { maxWaiting: 0 };
  const populations = [
    scripted('a', [
      [0, 1, 1],
      [1, 1, 1],
      [2, 1, 1],
    ]),
  ];
  const pools = [station('left', loss), station('right', loss)];
  const result = simulate(handScenario({ populations, pools }), first);
  expect([...result.requests.pool]).toEqual([0, 1, 1]);
  expect([...result.requests.outcome]).toEqual([
    Outcome.completed,
    Outcome.completed,
    Outcome.rejected,
  ]);
  expect(result.pools.map(({ completed, rejected }) => [completed, rejected])).toEqual([
    [1, 0],
    [1, 1],
  ]);
});

test('an engine pool lets so many wait per replica, and turns away one more', () => {
  const requests = Array.from({ length: 8 }, (_, i) => [i, 1, 5] as const);
  const pools = [flatPool('gpu', { maxSequences: 1 }, { replicas: 2, maxWaiting: 2 })];
  const result = simulate(handScenario({ populations: [scripted('a', requests)], pools }), first);
  // Two run, four wait.
  expect([...result.requests.outcome]).toEqual([1, 1, 1, 1, 1, 1, 2, 2]);
  expect(result.pools[0]!.rejected).toBe(2);
  expect([...result.requests.pool]).toEqual(new Array(8).fill(0));
});

test('replications and seeds have numbers of their own, and none depends on the machine', () => {
  const scenario = handScenario({
    populations: [jobs('a', { arrivals: { kind: 'poisson', ratePerMs: 0.0008 } })],
    pools: [station('server', { serviceMs: { kind: 'exponential', mean: 1000 } })],
  });
  const fingerprint = (seed: string, replication: number) =>
    simulate(scenario, { seed, replication }).fingerprint;
  const all = [fingerprint('1', 0), fingerprint('1', 1), fingerprint('2', 0)];
  expect(new Set(all).size).toBe(3);
  expect(fingerprint('1', 0)).toBe(all[0]);
});

test('progress is reported now and then, in simulated time', () => {
  const reports: [number, number][] = [];
  const scenario = handScenario({
    horizonMs: 50_000_000,
    populations: [jobs('a', { arrivals: { kind: 'constant', ratePerMs: 0.001 } })],
    pools: [station('server', { servers: 2 })],
  });
  simulate(scenario, { ...first, onProgress: (ms, events) => reports.push([ms, events]) });
  expect(reports.map(([, events]) => events)).toEqual([32_768, 65_536, 98_304]);
  expect(reports.every(([ms], i) => i === 0 || ms > reports[i - 1]![0])).toBe(true);
});
