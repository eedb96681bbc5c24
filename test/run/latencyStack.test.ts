import { describe, expect, test } from 'vitest';
import { Outcome } from '../../sim/facts/requestTable.js';
import type { GatewaySpec } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { flatPool, handScenario, scripted, station } from './handScenario.js';

const first = { seed: '1', replication: 0 };

function gateway(changes: Partial<GatewaySpec> = {}): GatewaySpec {
  return {
    name: 'gateway',
    servers: 1,
    serviceMs: { kind: 'constant', value: 20 },
    perThousandTokensMs: 5,
    overheadMs: { kind: 'constant', value: 3 },
    maxWaiting: Number.POSITIVE_INFINITY,
    usdPerHour: undefined,
    ...changes,
  };
}

const network = (value: number) => ({ networkMs: { kind: 'constant', value } as const });

describe('a request goes client, network, gateway, router, engine, client', () => {
  const result = simulate(
    handScenario({
      populations: [
        scripted(
          'a',
          [
            [0, 2000, 3],
            [10, 1000, 1],
          ],
          network(7),
        ),
      ],
      gateway: gateway(),
      pools: [flatPool('gpu', { iterationMs: 100, maxBatchTokens: 8192, kvBlocks: 1000 })],
    }),
    first,
  );
  const { requests } = result;

  test('it reaches the router after 7 ms of network, 20 + 2·5 ms at the gateway and 3 ms of overhead', () => {
    expect([...requests.sentMs]).toEqual([0, 10]);
    // The second waits at the gateway from 17 to 37, and is served in 20 + 5 ms.
    expect([...requests.arrivalMs]).toEqual([7 + 30 + 3, 37 + 25 + 3]);
  });

  test('its first token is with the client 7 ms after it left the engine', () => {
    expect([...requests.scheduledMs]).toEqual([40, 140]);
    // The batch of 140 is formed while the second iteration runs, until 240.
    expect([...requests.firstTokenMs]).toEqual([140, 340]);
    expect([...requests.clientFirstTokenMs]).toEqual([147, 347]);
    expect([...requests.finishMs]).toEqual([340, 340]);
    expect([...requests.outcome]).toEqual([Outcome.completed, Outcome.completed]);
  });

  test('the gateway was busy for 30 + 25 ms, and one request waited there for 20', () => {
    const { timeline, completed, rejected, units } = result.gateway!;
    const total = (level: Float64Array) =>
      level.reduce((sum, average) => sum + average * timeline.binMs, 0);
    expect(timeline.binMs).toBe(50);
    expect(total(timeline.busyUnits)).toBeCloseTo(55, 9);
    expect(total(timeline.waiting)).toBeCloseTo(20, 9);
    expect([completed, rejected, units]).toEqual([2, 0, 1]);
  });
});

test('the gateway turns away who finds its queue full, before the router', () => {
  const { requests, gateway: door } = simulate(
    handScenario({
      populations: [
        scripted('a', [
          [0, 1, 1],
          [1, 1, 1],
          [2, 1, 1],
        ]),
      ],
      gateway: gateway({ perThousandTokensMs: 0, maxWaiting: 1 }),
      pools: [station('server')],
    }),
    first,
  );
  expect([...requests.outcome]).toEqual([Outcome.completed, Outcome.completed, Outcome.rejected]);
  expect([...requests.arrivalMs]).toEqual([23, 43, Number.NaN]);
  expect([...requests.pool]).toEqual([0, 0, -1]);
  expect(requests.finishMs[2]).toBe(2);
  expect([door!.completed, door!.rejected]).toEqual([2, 1]);
});

test('with endless servers and no overhead the gateway only delays', () => {
  const { requests } = simulate(
    handScenario({
      populations: [
        scripted('a', [
          [0, 1, 1],
          [0, 1, 1],
        ]),
      ],
      gateway: gateway({
        servers: Number.POSITIVE_INFINITY,
        perThousandTokensMs: 0,
        overheadMs: { kind: 'constant', value: 0 },
      }),
      pools: [station('server')],
    }),
    first,
  );
  expect([...requests.arrivalMs]).toEqual([20, 20]);
  expect([...requests.finishMs]).toEqual([1020, 2020]);
});

test('a constant network delay may come from a shift of the law alone', () => {
  const { requests } = simulate(
    handScenario({
      populations: [
        scripted('a', [[0, 1, 1]], { networkMs: { kind: 'constant', value: 0, plus: 5 } }),
      ],
      pools: [station('server')],
    }),
    first,
  );
  expect([...requests.arrivalMs]).toEqual([5]);
  expect([...requests.clientFirstTokenMs]).toEqual([1010]);
});

test('network delays are drawn per request, used both ways, and lie on the grid', () => {
  const { requests } = simulate(
    handScenario({
      populations: [
        scripted(
          'a',
          Array.from({ length: 50 }, (_, i) => [i * 100, 1, 1] as const),
          { networkMs: { kind: 'uniform', min: 10, max: 30 } },
        ),
      ],
      pools: [station('server', { servers: 50 })],
    }),
    first,
  );
  const there = requests.arrivalMs.map((arrivalMs, row) => arrivalMs - requests.sentMs[row]!);
  const back = requests.clientFirstTokenMs.map((ms, row) => ms - requests.firstTokenMs[row]!);
  expect([...back]).toEqual([...there]);
  expect(new Set(there).size).toBe(50);
  expect(Math.min(...there)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...there)).toBeLessThan(30);
  expect([...there].every((ms) => Number.isInteger(ms * 2 ** 27))).toBe(true);
});
