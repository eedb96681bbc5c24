import { describe, expect, test } from 'vitest';
import type { PoolSpec, RequestPopulation } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { flatPool, handScenario, jobs, station } from '../run/handScenario.js';

/** When each of about 4,000 requests at load 0.8 started, and ended. */
function times(population: RequestPopulation, pool: PoolSpec) {
  const scenario = handScenario({ horizonMs: 5e6, populations: [population], pools: [pool] });
  const { requests } = simulate(scenario, { seed: '1', replication: 0 });
  return { scheduledMs: [...requests.scheduledMs], finishMs: [...requests.finishMs] };
}

describe('an engine with a batch of one, whose iterations all take as long, is a station, to the bit', () => {
  const arrivals = { kind: 'poisson', ratePerMs: 0.0008 } as const;
  const served = station('server');

  test.each([
    ['one token in and out', 1, 1000, false],
    ['one token in and out, asynchronously', 1, 1000, true],
    ['8 tokens out of an eighth of the work each', 8, 125, false],
    ['8 tokens out of an eighth of the work each, asynchronously', 8, 125, true],
  ] as const)('%s', (_, value, iterationMs, asyncScheduling) => {
    const population = jobs('a', { arrivals, outputTokens: { kind: 'constant', value } });
    const engine = flatPool('server', { maxSequences: 1, iterationMs, asyncScheduling });
    const byStation = times(population, served);
    expect(byStation.finishMs.length).toBeGreaterThan(3800);
    expect(times(population, engine)).toEqual(byStation);
  });

  test('with a batch of two it is not', () => {
    const population = jobs('a', { arrivals });
    const engine = flatPool('server', { maxSequences: 2, asyncScheduling: false });
    expect(times(population, engine)).not.toEqual(times(population, served));
  });
});

test('endless rows turn it into iterations of whoever waited: nobody waits longer than one iteration', () => {
  const population = jobs('a', { arrivals: { kind: 'poisson', ratePerMs: 0.01 } });
  const engine = flatPool('server', { maxSequences: 64, asyncScheduling: false });
  const scenario = handScenario({ horizonMs: 1e6, populations: [population], pools: [engine] });
  const { requests } = simulate(scenario, { seed: '1', replication: 0 });
  const waits = requests.scheduledMs.map((startMs, row) => startMs - requests.arrivalMs[row]!);
  expect(Math.max(...waits)).toBeLessThan(1000);
  // Arrivals at any time of an iteration: half of one on average, but for those that find it idle.
  expect(waits.reduce((sum, ms) => sum + ms, 0) / waits.length).toBeCloseTo(500, -2);
});
