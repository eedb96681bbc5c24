import { describe, expect, test } from 'vitest';
import { EventCalendar } from '../../sim/kernel/calendar.js';
import { ContextHints } from '../../sim/run/contextHints.js';
import type { FleetPool } from '../../sim/run/fleetPool.js';
import { RequestRecorder } from '../../sim/run/requestRecorder.js';
import { simulate } from '../../sim/run/simulate.js';
import { loadText, loadValid } from '../config/loadText.js';

/** Two pools that log what they are told, and a request that leaves its client at 100 ms, 5 ms away from them. */
function hinted(atPool: number) {
  const log: string[] = [];
  const calendar = new EventCalendar();
  const recorder = new RequestRecorder(10, {
    expectedRequests: 0,
    handsOver: false,
    tellsRetries: false,
  });
  const row = recorder.add(0, 0, 1000, 10, 100);
  recorder.networkMs[row] = 5;
  const pools = [0, 1].map((pool) => ({
    noteHint: (_: number, timeMs: number) => log.push(`${timeMs} pool ${pool} loads`),
    forgetHint: (_: number, timeMs: number) => log.push(`${timeMs} pool ${pool} forgets`),
  })) as unknown as FleetPool[];
  const hints = new ContextHints(calendar, recorder, pools);
  calendar.scheduleArrival(100, (timeMs) => hints.announce(row, () => atPool, timeMs), 0);
  const settle = (timeMs: number, pool: number) =>
    calendar.scheduleArrival(timeMs, () => hints.settle(row, pool, timeMs), 0);
  return { log, settle, run: () => calendar.run(Number.POSITIVE_INFINITY, 100) };
}

describe('the hint of a call', () => {
  test('takes the way of the network to the pool where the call would go', () => {
    const { log, settle, run } = hinted(1);
    settle(185, 1);
    run();
    expect(log).toEqual(['105 pool 1 loads']);
  });

  test('is forgotten there when the call goes to another pool, or nowhere', () => {
    for (const pool of [0, -1]) {
      const { log, settle, run } = hinted(1);
      settle(185, pool);
      run();
      expect(log).toEqual(['105 pool 1 loads', '185 pool 1 forgets']);
    }
  });

  test('does not arrive after its call was given up, and leads nowhere where nothing has room', () => {
    const given = hinted(1);
    given.settle(103, -1);
    given.run();
    expect(given.log).toEqual([]);
    const nowhere = hinted(-1);
    nowhere.settle(185, 1);
    nowhere.run();
    expect(nowhere.log).toEqual([]);
  });
});

const sessions = (gpu: string, extra = '') => `
inflow: 1
name: hints
horizon: 20min
warmup: 0s
models: { coder: qwen3-coder-480b-1m }
populations:
  readers: { workload: repo-qa, users: 3 }
fleet:
  ${extra || 'api: { kind: gateway, connection: held }'}
  gpu: { serves: coder, hardware: b200-sxm, tensorParallel: 8, weights: fp4, kv: fp8, engine: { retention: { ttl: 1min } }, tiers: [dram], ${gpu} }
`;

describe('loading when a tool returns', () => {
  test('takes the time at the gateway from the wait for a load', () => {
    const loadMs = (gpu: string) => {
      const { scenario } = loadValid(sessions(gpu));
      const { requests } = simulate(scenario, { seed: '1', replication: 0 });
      const times = [...requests.kvLoadMs!].filter((ms) => ms > 0).sort((a, b) => a - b);
      return times[times.length >> 1]!;
    };
    const atArrival = loadMs('load: { prefetch: arrival }');
    const ahead = loadMs('load: { prefetch: tool-return }');
    // The median overhead of a held connection is 80 ms, that of this few calls not far from it.
    expect(atArrival - ahead).toBeGreaterThan(50);
    expect(atArrival - ahead).toBeLessThan(120);
  });

  test('is refused where a hint is of no use', () => {
    const problems = (gpu: string, extra?: string) => {
      const result = loadText(sessions(`load: { prefetch: tool-return }, ${gpu}`, extra));
      return result.ok ? [] : result.mistakes.map(({ code, message }) => `${code} ${message}`);
    };
    expect(problems('replicas: 1')).toEqual([]);
    expect(problems('replicas: 2, router: prefix-aware')).toEqual([]);
    expect(problems('replicas: 2, router: least-requests')).toEqual([
      'E_VALUE least-requests does not send a call to where its context was loaded',
    ]);
    const noGateway = '# none';
    expect(problems('replicas: 1', noGateway)).toContain(
      'E_VALUE without a gateway a call is as fast as its hint',
    );
  });
});
