// A closed loop through the simulator.
import { expect, test } from 'vitest';
import { usualEngine } from '../../src/calibrate/measuredScenario.js';
import { simulateLoad } from '../../src/calibrate/simulateLoad.js';
import { deployment } from '../hardware/deployments.js';

test('requestsEach: three requests of each of two clients, the first two at once, the others when one has ended', () => {
  const { sentMs, e2eMs } = simulateLoad({
    deployment: deployment('h100-sxm', 'llama-3.1-8b'),
    engine: usualEngine,
    load: {
      kind: 'closed',
      concurrency: 2,
      promptTokens: 100,
      outputTokens: 10,
      shortest: 1,
      requestsEach: 3,
    },
  });
  expect(sentMs).toHaveLength(6);
  expect([...sentMs.subarray(0, 2)]).toEqual([0, 0]);
  expect(sentMs[2]).toBeCloseTo(e2eMs[0]!);
  expect(sentMs[5]).toBeCloseTo(sentMs[3]! + e2eMs[3]!);
});
