/** Which fleets keep up, from a config to the verdict. */
import { expect, test } from 'vitest';
import { summarise } from '../../sim/metrics/summarise.js';
import { simulate } from '../../sim/run/simulate.js';
import { scenarioOf } from '../validation/scenarioOf.js';

/** The verdict on four replications of a fleet; `populations` and `fleet` are the lines of these blocks. */
function judged(populations: string, fleet: string) {
  const scenario = scenarioOf(`
inflow: 1
name: judged
horizon: 500s
warmup: 50s
populations:
${populations}
fleet:
${fleet}
`);
  const results = [0, 1, 2, 3].map((replication) => simulate(scenario, { seed: '1', replication }));
  return summarise(results, scenario, { limits: [], extraQuantiles: [] });
}

const requests = (name: string, model: string, perSec: number) =>
  `  ${name}: { workload: { request: { prompt: 1, output: 1, model: ${model} } }, arrivals: { rate: ${perSec}/s } }`;

const toolUsers = (perSec: number) => `
  jobs:
    arrivals: { rate: ${perSec}/s }
    workload:
      session: { turns: 1 }
      turn: [{ tool: { pool: tools, duration: { exponential: { mean: 1s } } } }]
      human: { attention: off, gaps: 1s }`;

test('a tool that cannot keep up is an overload, though no request waits inside a pool', () => {
  const { stability, metrics } = judged(toolUsers(2), '  tools: { kind: tools, servers: 1 }');
  expect(stability.verdict).toBe('overloaded');
  expect(stability.reason).toMatch(/^the queue of tools grows by (0\.9|1\.0)\d ± 0\.\d+\/s; /);
  const waits = metrics.filter(({ metric }) => metric === 'humanInFlowLatency');
  expect(waits.map(({ doubt }) => doubt)).toEqual(waits.map(() => 'growsWithRunLength'));
  expect(waits.length).toBeGreaterThan(0);
});

test('a tool that keeps up is none, in a fleet without any pool too', () => {
  const { stability } = judged(toolUsers(0.7), '  tools: { kind: tools, servers: 1 }');
  expect(stability.verdict).toBe('stable');
});

test('a small pool that drowns is told beside a large one that does not', () => {
  const { stability } = judged(
    [requests('big', 'a', 100), requests('small', 'b', 1.5)].join('\n'),
    `  pa: { kind: station, serves: a, servers: 150, service: { exponential: { mean: 1s } } }
  pb: { kind: station, serves: b, servers: 1, service: 1s }`,
  );
  expect(stability.verdict).toBe('overloaded');
  expect(stability.reason).toMatch(/^the queue of pb grows by 0\.[45]\d/);
});

test('clients that come again and again are inside while they wait', () => {
  const pool = (servers: number) =>
    `  pa: { kind: station, serves: a, servers: ${servers}, service: 1s, maxWaiting: 5, admission: { onReject: { retryAfter: 5s, jitter: 50%, attempts: unlimited } } }`;
  expect(judged(requests('p', 'a', 1.5), pool(1)).stability).toMatchObject({
    verdict: 'overloaded',
    reason: expect.stringMatching(/growth 0\.[45]\d ± 0\.\d+\/s$/),
  });
  expect(judged(requests('p', 'a', 1.5), pool(2)).stability.verdict).toBe('stable');
});
