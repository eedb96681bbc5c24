/** The timeline of a pool whose replicas run on for long without an event. */
import { expect, test } from 'vitest';
import { simulate } from '../../sim/run/simulate.js';
import { scenarioOf } from '../validation/scenarioOf.js';

/** One request a minute that writes 8,000 tokens, alone on its replica. */
const longAnswers = `
inflow: 1
name: long
horizon: 10min
warmup: 0s
models: { m: llama-3.1-8b }
populations:
  p: { workload: { request: { model: m, prompt: 16, output: 8001 } }, arrivals: { process: constant, rate: 1/min } }
fleet:
  gpu: { serves: m, hardware: h100-sxm, engine: { prefixCache: false } }
`;

test('KV grows token by token, and is seen to', () => {
  const run = simulate(scenarioOf(longAnswers), { seed: '1', replication: 0 });
  const { timeline, blockTokens } = run.pools[0]!;
  const { arrivalMs, finishMs, promptTokens, outputTokens } = run.requests;
  // Each request that ended held its prompt and grew to all its tokens, evenly but for the ever longer iterations.
  const ended = [...finishMs.keys()].filter((row) => finishMs[row]! > 0);
  expect(ended.length).toBeGreaterThanOrEqual(8);
  const lastMs = finishMs[ended.at(-1)!]!;
  let expected = 0;
  for (const row of ended) {
    const meanTokens = promptTokens[row]! + 0.5 * outputTokens[row]!;
    expected += (meanTokens / blockTokens + 0.5) * (finishMs[row]! - arrivalMs[row]!);
  }
  let found = 0;
  for (let bin = 0; bin * timeline.binMs < lastMs; bin++) {
    found += timeline.usedKvBlocks[bin]! * timeline.binMs;
  }
  expect(Math.abs(found / expected - 1)).toBeLessThan(0.02);
});

test('work is booked where it was done: never more than a chip can move', () => {
  const run = simulate(scenarioOf(longAnswers), { seed: '1', replication: 0 });
  const { busyUnits, memoryBytes, binMs } = run.pools[0]!.timeline;
  const busyRates = [...memoryBytes.keys()]
    .filter((bin) => busyUnits[bin] === 1)
    .map((bin) => memoryBytes[bin]! / binMs);
  expect(busyRates.length).toBeGreaterThan(100);
  // 16 GB of weights in each iteration of 6.3 ms or so; 3.35 GB/ms is the peak.
  expect(Math.min(...busyRates)).toBeGreaterThan(2.2e9);
  expect(Math.max(...busyRates)).toBeLessThan(3.35e9);
});
