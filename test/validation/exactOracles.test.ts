import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../sim/run/runResult.js';
import { simulate } from '../../sim/run/simulate.js';
import { scenarioOf } from './scenarioOf.js';

const first = { seed: '1', replication: 0 };

/** Runs the experiment with this text, and this hardware profile beside it. */
function run(text: string, machine?: string): RunResult {
  const scenario = scenarioOf(text, machine === undefined ? {} : { 'machine.yaml': machine });
  return simulate(scenario, first);
}

const station = (rate: string, service: string, horizon: string) => `
inflow: 1
name: deterministic
horizon: ${horizon}
drain: true
populations:
  jobs:
    workload: { request: { model: work, prompt: 1, output: 1 } }
    arrivals: { process: constant, rate: ${rate} }
fleet:
  server: { kind: station, serves: work, service: ${service} }
`;

describe('a D/D/1 queue', () => {
  test('with an arrival every 2 s and a second of work: nobody waits, the server is busy half of the time', () => {
    const { requests, pools } = run(station('0.5/s', '1s', '2001s'));
    expect(requests.count).toBe(1000);
    for (let row = 0; row < requests.count; row++) {
      expect(requests.arrivalMs[row]).toBe(2000 * (row + 1));
      expect(requests.scheduledMs[row]).toBe(requests.arrivalMs[row]);
      expect(requests.finishMs[row]! - requests.arrivalMs[row]!).toBe(1000);
    }
    const { timeline } = pools[0]!;
    const busyMs = timeline.busyUnits.reduce((sum, level) => sum + level * timeline.binMs, 0);
    expect(busyMs / 1e6).toBeCloseTo(1, 6);
  });

  test('with an arrival every second and 1.5 s of work: the n-th waits 0.5 (n − 1) s', () => {
    const { requests } = run(station('1/s', '1.5s', '1000.5s'));
    const waits = requests.scheduledMs.map((startMs, row) => startMs - requests.arrivalMs[row]!);
    expect([...waits]).toEqual(Array.from({ length: 1000 }, (_, index) => 500 * index));
    expect(waits.reduce((sum, ms) => sum + ms, 0) / 1000).toBe(249_750);
    expect(requests.finishMs[999]! - requests.arrivalMs[999]!).toBe(501_000);
  });
});

test('a loss station of 2 servers, an arrival a second, 2.5 s of work: two of three are served', () => {
  const text = station('1/s', '2.5s', '300.5s').replace(
    'kind: station',
    'kind: station, servers: 2, maxWaiting: 0',
  );
  const { requests } = run(text);
  // Arrivals at 1 and 2 are served until 3.5 and 4.5: 3 is lost, 4 and 5 are served, 6 is lost.
  const served = [...requests.outcome].map((outcome) => (outcome === 1 ? 'served' : 'lost'));
  expect(served.slice(0, 6)).toEqual(['served', 'served', 'lost', 'served', 'served', 'lost']);
  expect(served.filter((one) => one === 'served')).toHaveLength(200);
});

const llm = (sync: boolean) => `
inflow: 1
name: idle-server
horizon: 9s
drain: true
models: { chat: llama-3.1-8b }
populations:
  person:
    workload: { request: { model: chat, prompt: 1000, output: 100 } }
    arrivals: { process: constant, rate: 1/min, batch: 1 }
fleet:
  server: { serves: chat, hardware: ./machine.yaml, engine: { async: ${!sync} } }
`;

const machine = (cost: string) => `
inflow: 1
name: machine
class: gpu
about: A machine of round numbers
memory: { value: 80 GB, kind: assumption, source: made up }
bandwidth: { value: 1e6 TB/s, kind: assumption, source: made up }
compute: { bf16: { value: 1e6 PFLOPS, kind: assumption, source: made up } }
power: { idle: { value: 1 W, kind: assumption, source: made up }, busy: { value: 1 W, kind: assumption, source: made up } }
prices: {}
cost:
  calibration: { status: estimate, band: 0%, because: made up }
${cost}`;

const measuredTable = `
  kind: table
  decode: { kind: assumption, source: made up, rows: [1, 2], contextTokens: [1, 2], times: [[20ms, 20ms], [20ms, 20ms]] }
  prefill: { kind: assumption, source: made up, tokens: [1000, 2000], priorTokens: [0, 1000], times: [[100ms, 100ms], [200ms, 200ms]] }
  host: { kind: assumption, source: made up, perIteration: 0ms, perRow: 0ms, sync: 0ms }
`;

/** 32 layers in 20 ms; prompts enter at 10,000 tokens/s, and the last of them passes the layers as well. */
const pipeline = `
  kind: pipeline
  layer: { kind: assumption, source: made up, dense: 0.625ms, experts: 1ms }
  byModel: { llama-3.1-8b: { kind: assumption, source: made up, layer: 0.625ms, prefill: 10000 tokens/s } }
  hop: { value: 0ms, kind: assumption, source: made up }
  tokensPerStage: { value: 1, kind: assumption, source: made up }
  attention: { kind: assumption, source: made up, kv: 1, compute: 1 }
  prefill: { value: 100%, kind: assumption, source: made up }
`;

describe('an idle server with prefill at 10,000 tokens/s and decode at 50, for 1,000 tokens in and 100 out', () => {
  const times = (cost: string, sync: boolean) => {
    const text = llm(sync).replace('1/min', '1/s').replace('horizon: 9s', 'horizon: 1.5s');
    const { requests } = run(text, machine(cost));
    expect(requests.count).toBe(1);
    const since = requests.arrivalMs[0]!;
    return [requests.firstTokenMs[0]! - since, requests.finishMs[0]! - since];
  };

  test.each([true, false])(
    'by a table: TTFT 0.100 s, E2E 0.100 + 99 · 0.020 = 2.080 s (sync %s)',
    (sync) => {
      expect(times(measuredTable, sync)).toEqual([100, 2080]);
    },
  );

  test.each([true, false])(
    'by a pipeline the prompt passes the layers too: 20 ms more (sync %s)',
    (sync) => {
      const [ttftMs, e2eMs] = times(pipeline, sync);
      expect(ttftMs).toBe(120);
      // Its attention is not quite free.
      expect(e2eMs).toBeCloseTo(2100, 2);
    },
  );
});
