import { describe, expect, test } from 'vitest';
import { prefixCacheStore } from '../../sim/engine/prefixCacheStore.js';
import { privateContext, TokenStreams } from '../../sim/engine/tokenStreams.js';
import { EventCalendar } from '../../sim/kernel/calendar.js';
import { DrawKey } from '../../sim/kernel/hashDraw.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { buildFleet } from '../../sim/run/fleetPool.js';
import { RequestRecorder } from '../../sim/run/requestRecorder.js';
import type { PoolSpec } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { Dice } from '../engine/dice.js';
import { randomCostParameters } from '../properties/randomCostParameters.js';
import { type FlatEngine, flatPool, handScenario, scripted, station } from '../run/handScenario.js';

/** A pool of its own, with a clock. */
function aloneWith(spec: PoolSpec) {
  const calendar = new EventCalendar();
  const streams = new TokenStreams();
  const recorder = new RequestRecorder(1e6);
  const scenario = handScenario({
    populations: [],
    pools: [spec],
    placement: [{ when: {}, prefer: [], policy: 'fastest', spillAt: {} }],
  });
  const [pool] = buildFleet(scenario, {
    calendar,
    grid: powerOfTwoGrid(27),
    store: prefixCacheStore(streams),
    recorder,
    onEngineEnd: () => {},
    onStationEnd: () => {},
    onStationLeft: () => {},
    onHandedEnd: () => {},
  });
  const key = new DrawKey(1, 2);
  return {
    streams,
    pool: pool!,
    accept: (promptTokens: number, outputTokens: number, timeMs: number) => {
      calendar.run(timeMs, 1e6);
      const row = recorder.add(0, 0, promptTokens, outputTokens, timeMs);
      recorder.arrivalMs[row] = timeMs;
      recorder.stream[row] = privateContext;
      pool!.accept(row, key, timeMs);
    },
    estimate: (promptTokens: number, outputTokens: number, timeMs: number, stream = -1) => {
      calendar.run(timeMs, 1e6);
      return { ...pool!.estimate(stream, promptTokens, outputTokens, timeMs) };
    },
  };
}

/** A replica whose iterations last a second, with 64 tokens in each. */
const flat = (changes: FlatEngine = {}) => flatPool('gpu', changes, { usdPerReplicaHour: 3600 });

describe('an idle replica', () => {
  test('a prompt of 200 tokens takes 4 chunks of 64, ten tokens nine iterations more', () => {
    const { estimate } = aloneWith(flat());
    expect(estimate(200, 10, 0)).toEqual({
      queueMs: 0,
      prefillMs: 4000,
      decodeMs: 9000,
      // Alone it pays for all of the replica: 1 USD a second.
      usd: expect.closeTo(13, 9),
    });
  });

  test('what is cached there is not computed: of 200 tokens 128', () => {
    const { estimate, pool, streams } = aloneWith(flat());
    const stream = streams.addRoot();
    pool.preload(stream, 128, 0, 0);
    expect(estimate(200, 1, 0, stream)).toMatchObject({ prefillMs: 2000, decodeMs: 0 });
    expect(estimate(200, 1, 0, streams.addRoot())).toMatchObject({ prefillMs: 4000 });
    // A whole prompt that is cached computes its last block again.
    expect(estimate(128, 1, 0, stream)).toMatchObject({ prefillMs: 1000 });
  });

  test('is estimated as it is then simulated, on random machines without asynchronous scheduling', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const dice = new Dice(seed);
      const prompt = dice.int(1, 300);
      const output = dice.int(1, 30);
      const engine = { asyncScheduling: false, maxBatchTokens: 400, kvBlocks: 1000 };
      const spec = flatPool('gpu', engine, { deployment: randomCostParameters(dice) });
      const { queueMs, prefillMs, decodeMs } = aloneWith(spec).estimate(prompt, output, 0);
      const populations = [scripted('a', [[0, prompt, output]])];
      const { requests } = simulate(handScenario({ populations, pools: [spec] }), {
        seed: '1',
        replication: 0,
      });
      expect([seed, queueMs, prefillMs]).toEqual([seed, 0, requests.firstTokenMs[0]!]);
      const error = Math.abs(prefillMs + decodeMs - requests.finishMs[0]!) / requests.finishMs[0]!;
      if (error > 0.05) expect([seed, error]).toEqual([seed, 'at most 0.05']);
    }
  });
});

describe('the queue', () => {
  test('prompts that were accepted before are computed first', () => {
    const { accept, estimate } = aloneWith(flat());
    accept(200, 5, 0);
    accept(300, 5, 0);
    // Of 500 tokens one chunk of 64 runs and one is formed: 372 are 5 chunks and one of 52.
    expect(estimate(64, 1, 0)).toMatchObject({ queueMs: 6000, prefillMs: 1000 });
    // At 2.5 s four are formed: of the second prompt 244 are left.
    expect(estimate(60, 1, 2500)).toMatchObject({ queueMs: 4000, prefillMs: 1000 });
  });

  test('without a slot, whoever is in front leaves one after the other at the pace of late', () => {
    const { accept, estimate } = aloneWith(flat({ maxSequences: 2, asyncScheduling: false }));
    // Two requests of 9 tokens each fill both slots for 9 s, and leave together: a mean service of 9 s.
    accept(10, 9, 0);
    accept(10, 9, 0);
    accept(10, 30, 10_000);
    accept(10, 30, 10_000);
    // Two are running: one leaves every 4.5 s.
    expect(estimate(10, 1, 12_500)).toMatchObject({ queueMs: 4500 });
    accept(10, 1, 12_500);
    // One stands in front, with 10 tokens to compute.
    expect(estimate(10, 1, 12_600)).toMatchObject({ queueMs: 2 * 4500 + 1000 });
  });

  test('at least as long as the first in line has waited', () => {
    const { accept, estimate } = aloneWith(flat({ maxSequences: 1, asyncScheduling: false }));
    accept(10, 1, 0);
    accept(10, 900, 2000);
    accept(10, 1, 2500);
    expect(estimate(10, 1, 42_500).queueMs).toBeGreaterThanOrEqual(40_000);
  });

  test('blocks that are short count like slots', () => {
    const { accept, estimate } = aloneWith(flat({ kvBlocks: 20, asyncScheduling: false }));
    accept(150, 100, 0);
    expect(estimate(100, 1, 9500).queueMs).toBe(0);
    expect(estimate(300, 1, 9500).queueMs).toBeGreaterThan(0);
  });
});

test('a station: the line over its servers, then its mean service', () => {
  const spec = station('s', { servers: 2, usdPerServerHour: 3600 });
  const { accept, estimate } = aloneWith(spec);
  expect(estimate(1, 1, 0)).toEqual({
    queueMs: 0,
    prefillMs: 0,
    decodeMs: 1000,
    usd: expect.closeTo(1, 9),
  });
  for (let i = 0; i < 4; i++) accept(1, 1, 0);
  // Two wait: the third to come after them gets the third server that is free, each half a second.
  expect(estimate(1, 1, 0)).toMatchObject({ queueMs: 1500 });
});
