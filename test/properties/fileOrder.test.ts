import { expect, test } from 'vitest';
import { simulate } from '../../sim/run/simulate.js';
import { scenarioOf } from '../validation/scenarioOf.js';

const sections: Readonly<Record<string, readonly string[]>> = {
  models: ['chat: llama-3.1-8b', 'code: qwen3-14b'],
  populations: [
    'people: { workload: { request: { model: chat, prompt: { median: 200, sigma: 1 }, output: 40 } }, arrivals: { rate: 3/s } }',
    'robots: { workload: { interactive: false, request: { model: code, prompt: 500, output: 20 } }, arrivals: { process: constant, rate: 2/s } }',
    'jobs: { workload: { request: { model: work, prompt: 1, output: 1 } }, arrivals: { process: constant, rate: 2/s } }',
  ],
  fleet: [
    'alpha: { serves: [chat], hardware: h100-sxm, replicas: 2, router: { policy: weighted, index: approximate } }',
    'beta: { serves: code, hardware: b200-sxm, replicas: 2, router: { policy: prefix-aware, ties: rotate, staleness: 100ms }, admission: { rate: { requests: 1/s, burst: 3 }, onReject: { retryAfter: 1s, jitter: 50% } } }',
    'gamma: { kind: station, serves: [work], servers: 2, service: { exponential: { mean: 0.9s } } }',
  ],
};

/** The experiment with the entries of each section in this order. */
function textInOrder(order: readonly number[]): string {
  const parts = Object.entries(sections).map(([name, entries]) => {
    const inOrder = order.map((index) => entries[index]).filter((entry) => entry !== undefined);
    return `${name}:\n${inOrder.map((entry) => `  ${entry}\n`).join('')}`;
  });
  const head = 'inflow: 1\nname: order\nhorizon: 20s\nplacement: [{ policy: fastest }]\n';
  return order[0] === 0 ? head + parts.join('') : parts.reverse().join('') + head;
}

test('the order of populations, pools, models and sections in the file changes nothing', () => {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  const scenarios = orders.map((order) => scenarioOf(textInOrder(order)));
  const fingerprints = scenarios.map(
    (scenario) => simulate(scenario, { seed: '1', replication: 0 }).fingerprint,
  );
  expect(new Set(fingerprints).size).toBe(1);
  for (const scenario of scenarios) expect(scenario).toEqual(scenarios[0]);
  expect(scenarios[0]!.populations.map(({ name }) => name)).toEqual(['jobs', 'people', 'robots']);
});
