/** Rates of turns whose values are known exactly, from a config to the number. */
import { expect, test } from 'vitest';
import type { MetricId } from '../../sim/metrics/metricDefinitions.js';
import { summarise } from '../../sim/metrics/summarise.js';
import { simulate } from '../../sim/run/simulate.js';
import { scenarioOf } from '../validation/scenarioOf.js';

/** A metric of developers who ask a station and answer after a gap. */
function developers(options: {
  horizon: string;
  people: string;
  gap: string;
  service: string;
  steps?: string;
  servers?: number;
}) {
  const { horizon, people, gap, service, servers = 10_000 } = options;
  const steps = options.steps ?? '[{ infer: { model: work, output: 1 token, visible: 0% } }]';
  const scenario = scenarioOf(`
inflow: 1
name: developers
horizon: ${horizon}
warmup: 1min
warmStart: off
populations:
  devs:
    ${people}
    workload:
      session: { turns: 1000000 }
      turn: ${steps}
      human: { attention: off, gaps: ${gap} }
fleet:
  server: { kind: station, serves: work, servers: ${servers}, service: ${service} }
`);
  const results = [0, 1, 2, 3, 4].map((replication) =>
    simulate(scenario, { seed: '1', replication }),
  );
  const { metrics } = summarise(results, scenario, { limits: [], extraQuantiles: [] });
  const metric = (id: MetricId) =>
    metrics.find((each) => each.metric === id && each.subject === 'devs')!.value!;
  return { results, metric };
}

test('turns that all wait for 30 s are never in flow, however short the run', () => {
  const { metric } = developers({
    horizon: '5min',
    people: 'users: 200',
    gap: '{ exponential: { mean: 30s } }',
    service: '30s',
  });
  expect(metric('flowFraction')).toBe(0);
  expect(metric('strainedShare')).toBe(1);
  // A turn a minute; with the open ones as whole turns it was 66 an hour.
  expect(metric('steersPerHour')).toBeGreaterThan(58);
  expect(metric('steersPerHour')).toBeLessThan(62);
});

test('a human with four sessions is one server, with observed gaps too', () => {
  const { metric } = developers({
    horizon: '20000s',
    people: 'users: 5\n    sessionsPerHuman: 4\n    switch: 0s',
    gap: '{ exponential: { mean: 5s } }',
    service: '{ exponential: { mean: 10s } }',
  });
  // The machine repair model with 4 machines (10 s) and one repairman (5 s), by mean value analysis.
  expect(metric('humanBottleneckRatio')).toBeCloseTo(0.905, 2);
  expect(Math.abs(metric('steersPerHour') / 651.4 - 1)).toBeLessThan(0.01);
});

test('of five that race at one server four leave its queue when the first is done', () => {
  const { results } = developers({
    horizon: '2min',
    people: 'users: 1',
    gap: '1ms',
    service: '1s',
    servers: 1,
    steps:
      '[{ parallel: { copies: 5, join: any, steps: [{ infer: { model: work, output: 1 token } }] } }]',
  });
  const { submitMs, yieldMs } = results[0]!.agents!.turns;
  const waits = [0, 1, 2, 3].map((turn) => yieldMs[turn]! - submitMs[turn]!);
  // The server begins the second of each five at the instant at which the first is done.
  expect(waits.map((waitMs) => Math.round(waitMs))).toEqual([1000, 1999, 1999, 1999]);
});

test('the fingerprint sees what humans and tools did, not only requests', () => {
  const run = (gap: string, tool: string) =>
    developers({
      horizon: '2min',
      people: 'users: 1',
      gap,
      service: '1s',
      steps: `[{ infer: { model: work, output: 1 token } }, { tool: { duration: ${tool} } }]`,
    }).results.map(({ fingerprint }) => fingerprint);
  // Tools that take longer move no request: the human answers after the end of the run.
  expect(run('10min', '20s')).toEqual(run('10min', '20s'));
  expect(run('10min', '20s')).not.toEqual(run('10min', '21s'));
});
