// The batches of a simulated run, put together from its requests.
import { expect, test } from 'vitest';
import { simulate } from '../../sim/run/simulate.js';
import { costOn } from '../../src/calibrate/measuredPoint.js';
import { measuredScenario, usualEngine } from '../../src/calibrate/measuredScenario.js';
import { simulatedBatches } from '../../src/validation/simulatedBatches.js';
import { deployment } from '../hardware/deployments.js';

const served = deployment('h100-sxm', 'llama-3.1-8b');
const cost = costOn(served.accelerator, served);

test('as many batches as the simulator ran, each request in one prompt and in all of its decodes', () => {
  // The second and the third arrive during the first prompt, the fourth finds the engine idle.
  const load = {
    kind: 'recorded',
    sentMs: Float64Array.of(0, 1, 2, 5_000),
    promptTokens: Int32Array.of(1000, 500, 200, 300),
    outputTokens: Int32Array.of(20, 10, 1, 2),
  } as const;
  const scenario = measuredScenario({ deployment: served, engine: usualEngine, load });
  const { requests, pools } = simulate(scenario, { seed: 'measured', replication: 0 });
  const batches = simulatedBatches(requests, cost);
  expect(batches).toHaveLength(pools[0]!.iterations);
  const withPrompts = batches.filter(({ prompts }) => prompts.length > 0);
  expect(withPrompts.map(({ prompts, rows }) => [prompts, rows.length])).toEqual([
    [[0], 0],
    [[1, 2], 1],
    [[3], 0],
  ]);
  expect(batches.flatMap(({ rows }) => rows)).toHaveLength(19 + 9 + 0 + 1);
});

test('a run that the batches do not explain is refused', () => {
  const requests = {
    count: 1,
    promptTokens: Int32Array.of(1000),
    outputTokens: Int32Array.of(20),
    firstTokenMs: Float64Array.of(50),
    finishMs: Float64Array.of(60),
  };
  expect(() => simulatedBatches(requests, cost)).toThrow('request 0 ends');
});
