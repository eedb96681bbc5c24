import { describe, expect, test } from 'vitest';
import { Outcome } from '../../sim/facts/requestTable.js';
import type { AdmissionSpec } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { requestsCsv } from '../../src/results/requestsCsv.js';
import { scenarioOf } from '../validation/scenarioOf.js';
import { flatPool, handScenario, scripted, station } from './handScenario.js';

const first = { seed: '1', replication: 0 };

test('O8, as a file: 10/s, a burst of 20, 100 requests at once that try again every 100 ms: the last enters 8 s later', () => {
  const scenario = scenarioOf(`
inflow: 1
name: bucket
horizon: 1.5s
drain: true
populations:
  crowd:
    workload: { request: { model: work, prompt: 1, output: 1 } }
    arrivals: { process: constant, rate: 1/s, batch: 100 }
fleet:
  server:
    kind: station
    serves: work
    servers: 1000
    service: 10ms
    admission: { rate: { requests: 10/s, burst: 20 }, onReject: { retryAfter: 100ms, attempts: unlimited } }
`);
  const { requests, pools } = simulate(scenario, first);
  const enteredMs = [...requests.arrivalMs].sort((a, b) => a - b).map((ms) => ms - 1000);
  expect(enteredMs).toEqual(
    Array.from({ length: 100 }, (_, index) => 100 * Math.max(0, index - 19)),
  );
  expect([...requests.retryMs!].every((ms, row) => ms === requests.arrivalMs[row]! - 1000)).toBe(
    true,
  );
  // 80 are turned away at first, 79 after 100 ms, and so on.
  expect([pools[0]!.completed, pools[0]!.rejected, pools[0]!.retries]).toEqual([100, 0, 3240]);
});

const oneAtATime = (retry?: AdmissionSpec['retry'], perMs = 0.001) =>
  station('server', {
    admission: {
      rate: { counts: 'requests', perMs, burst: 1 },
      ...(retry && { retry }),
    },
  });
const three = (networkMs = 0) =>
  scripted(
    'a',
    [
      [0, 1, 1],
      [0, 1, 1],
      [0, 1, 1],
    ],
    { networkMs: { kind: 'constant', value: networkMs } },
  );
const run = (pool: ReturnType<typeof station>, networkMs = 0) =>
  simulate(handScenario({ populations: [three(networkMs)], pools: [pool] }), first);

test('who is refused and not told to come again is rejected, as before', () => {
  const { requests, pools } = run(oneAtATime());
  expect([...requests.outcome]).toEqual([Outcome.completed, Outcome.rejected, Outcome.rejected]);
  expect([pools[0]!.rejected, pools[0]!.retries, requests.retryMs]).toEqual([
    2,
    undefined,
    undefined,
  ]);
});

test('the answer goes back, the client waits, and the request comes again: each is in the retry time', () => {
  const { requests } = run(oneAtATime({ afterMs: 600, jitter: 0, attempts: 9 }), 50);
  // Each round takes 2 · 50 + 600 ms. Bucket: one at 50, one from 1050, one from 2450 on.
  expect([...requests.retries!]).toEqual([0, 2, 4]);
  expect([...requests.retryMs!]).toEqual([0, 1400, 2800]);
  expect([...requests.arrivalMs]).toEqual([50, 1450, 2850]);
  for (let row = 0; row < 3; row++) {
    const clientTtftMs = requests.clientFirstTokenMs[row]! - requests.sentMs[row]!;
    const ttftMs = requests.firstTokenMs[row]! - requests.arrivalMs[row]!;
    expect(clientTtftMs).toBe(requests.retryMs![row]! + 50 + ttftMs + 50);
  }
});

test('after its last attempt a request is rejected', () => {
  const { requests, pools } = run(oneAtATime({ afterMs: 500, jitter: 0, attempts: 3 }));
  expect([...requests.outcome]).toEqual([Outcome.completed, Outcome.completed, Outcome.rejected]);
  expect([...requests.retries!]).toEqual([0, 2, 2]);
  expect([pools[0]!.rejected, pools[0]!.retries]).toEqual([1, 4]);
  expect(requests.finishMs[2]).toBe(1000);
});

test('jitter spreads those who were refused together, by draws of their own', () => {
  const { requests } = run(oneAtATime({ afterMs: 5000, jitter: 0.5, attempts: 9 }, 1));
  const waits = [...requests.retryMs!].slice(1);
  expect(waits.every((ms) => ms >= 5000 && ms < 7500)).toBe(true);
  expect(waits[0]).not.toBe(waits[1]);
});

test('a limit on waiting prompts counts tokens per replica, and lets a long prompt into an empty queue', () => {
  const pool = flatPool(
    'gpu',
    { maxSequences: 1, maxBatchTokens: 8192, kvBlocks: 1000 },
    { admission: { maxQueueTokens: 100 } },
  );
  const population = scripted('a', [
    [0, 900, 9],
    [1500, 90, 1],
    [1600, 10, 1],
    [1700, 1, 1],
  ]);
  const { requests } = simulate(handScenario({ populations: [population], pools: [pool] }), first);
  // The second finds nobody waiting, the third 90 tokens, the fourth 100.
  expect([...requests.outcome]).toEqual([1, 1, 1, Outcome.rejected]);
});

test('placement passes over a pool whose limits refuse, while another has room', () => {
  const { requests } = simulate(
    handScenario({ populations: [three()], pools: [oneAtATime(), station('zz')] }),
    first,
  );
  expect([...requests.pool]).toEqual([0, 1, 1]);
});

describe('calls of agents', () => {
  const text = (onReject: string) => `
inflow: 1
name: agents
horizon: 2min
warmStart: off
models: { chat: llama-3.1-8b }
populations:
  people:
    workload:
      turn: [{ id: ask, infer: { model: chat, append: 100, output: 20 } }]
      human: { thinking: 10s }
    arrivals: { process: constant, rate: 2/s }
fleet:
  gpu:
    serves: chat
    hardware: h100-sxm
    admission: { rate: { requests: 1/s, burst: 2 }, onReject: ${onReject} }
`;
  const ends = (onReject: string) => {
    const { agents, requests } = simulate(scenarioOf(text(onReject)), first);
    const { turns } = agents!;
    const count = (end: number) => [...turns.end].filter((each) => each === end).length;
    return { answered: count(1), failed: count(4), open: count(0), requests: requests.count };
  };

  test('refused for good, their tasks fail; told to come again, none does', () => {
    const rejected = ends('reject');
    expect(rejected.failed).toBeGreaterThan(100);
    const patient = ends('{ retryAfter: 1s, jitter: 50%, attempts: unlimited }');
    expect(patient.failed).toBe(0);
    expect(patient.answered).toBeGreaterThanOrEqual(rejected.answered - 2);
    // One request per call, however often it is sent.
    expect(patient.requests).toBe(rejected.requests);
    const impatient = ends('{ retryAfter: 1s, attempts: 2 }');
    expect(impatient.failed).toBeGreaterThan(50);
  });
});

test('requests.csv tells retries where a pool asks for them, and is as before elsewhere', () => {
  const header = (pool: ReturnType<typeof station>) => requestsCsv([run(pool)]).next().value;
  expect(header(oneAtATime({ afterMs: 500, jitter: 0, attempts: 3 }))).toMatch(
    /iterationMs,retries,retryMs\n$/,
  );
  expect(header(oneAtATime())).toMatch(/iterationMs\n$/);
});
