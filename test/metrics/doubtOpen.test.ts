/** What is said of an E2E that lacks the requests which the end of the run cut short. */
import { expect, test } from 'vitest';
import { summarise } from '../../sim/metrics/summarise.js';
import { simulate } from '../../sim/run/simulate.js';
import { scenarioOf } from '../validation/scenarioOf.js';

/** The E2E of a population beside which another has a hundred times as many requests. */
function e2e(slowService: string, drain: boolean) {
  const scenario = scenarioOf(`
inflow: 1
name: open
horizon: 600s
warmup: 0s
drain: ${drain}
populations:
  fast: { workload: { request: { prompt: 1, output: 1, model: a } }, arrivals: { rate: 100/s } }
  slow: { workload: { request: { prompt: 1, output: 1, model: b } }, arrivals: { rate: 1/s } }
fleet:
  pa: { kind: station, serves: a, servers: 1000, service: { exponential: { mean: 1s } } }
  pb: { kind: station, serves: b, servers: 1000, service: ${slowService} }
`);
  const results = [0, 1, 2, 3].map((replication) => simulate(scenario, { seed: '1', replication }));
  const { metrics } = summarise(results, scenario, { limits: [], extraQuantiles: [] });
  const of = (population: string) =>
    metrics.filter(({ metric, subject }) => metric === 'e2e' && subject === population);
  return { fast: of('fast'), slow: of('slow') };
}

test('long requests that were still open: the mean of the others is no answer', () => {
  // 300 s in the mean; those that were done within the 600 s took 140.
  const { fast, slow } = e2e('{ exponential: { mean: 300s } }', false);
  expect(slow[0]!.value).toBeLessThan(160_000);
  expect(slow.map(({ doubt }) => doubt)).toEqual(slow.map(() => 'stillOpen'));
  expect(slow[0]!.note).toBe('too low: the slowest were still open');
  expect(fast.map(({ doubt }) => doubt)).toEqual(fast.map(() => undefined));
});

test('drained, or with few open that are no longer than others, there is no doubt', () => {
  const drained = e2e('{ exponential: { mean: 300s } }', true);
  const short = e2e('{ exponential: { mean: 2s } }', false);
  for (const { slow } of [drained, short])
    expect(slow.map(({ doubt }) => doubt)).toEqual(slow.map(() => undefined));
  expect(Math.abs(drained.slow[0]!.value! / 300_000 - 1)).toBeLessThan(0.05);
});
