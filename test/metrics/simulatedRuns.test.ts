import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { littlesLaw } from '../../sim/metrics/littlesLaw.js';
import { metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import { summarise } from '../../sim/metrics/summarise.js';
import type { Summary } from '../../sim/metrics/summary.js';
import { simulate } from '../../sim/run/simulate.js';
import { loadExperiment } from '../../src/config/loadExperiment.js';

const quickstart = fileURLToPath(new URL('../../experiments/quickstart.yaml', import.meta.url));

describe.each([
  ['as shipped', []],
  ['drained', ['drain=true']],
  [
    'with room for 40 requests only',
    ['fleet.gpu.maxWaiting=10', 'fleet.gpu.engine.maxSequences=4'],
  ],
  ['far too small', ['fleet.gpu.replicas=1', 'fleet.gpu.engine.maxSequences=2', 'horizon=20s']],
])('the quickstart, %s', (_, overrides) => {
  const loaded = loadExperiment(quickstart, { overrides, quick: true });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  const { scenario } = loaded.experiment;
  const runs = [0, 1].map((replication) => simulate(scenario, { seed: '7', replication }));
  const summary = summarise(runs, scenario, { limits: [], extraQuantiles: [0.9] });

  test("Little's law holds in every pool, to rounding", () => {
    for (const run of runs) {
      for (const law of littlesLaw(run)!) expect(law.relativeError).toBeLessThan(1e-9);
    }
  });

  test('shares lie between 0 and 1, times are not negative, quantiles rise', () => {
    for (const { metric, value } of summary.metrics) {
      if (value === undefined) continue;
      expect(value).toBeGreaterThanOrEqual(0);
      if (metricDefinition(metric)!.unit === 'ratio') expect(value).toBeLessThanOrEqual(1);
    }
    for (const metric of ['ttft', 'clientTtft', 'tpot', 'e2e', 'queueTime', 'itl'] as const) {
      const quantiles = summary.metrics
        .filter((value) => value.metric === metric && value.subject === undefined)
        .filter(({ quantile }) => quantile !== undefined)
        .map(({ value }) => value!);
      expect(quantiles).toEqual([...quantiles].sort((a, b) => a - b));
    }
  });

  test('the reasons of queue time add up to it, and no request is lost', () => {
    const reasons = ['HeadOfLine', 'Slots', 'KvBlocks', 'TokenBudget', 'Iteration'];
    const total = reasons.reduce((sum, reason) => sum + meanOf(summary, `queue${reason}`), 0);
    expect(total).toBeCloseTo(meanOf(summary, 'queueTime'), 6);
    const counted = summary.outcomes.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(runs.reduce((sum, { arrived }) => sum + arrived, 0));
  });
});

function meanOf({ metrics }: Summary, metric: string): number {
  const found = metrics.find(
    (each) => each.metric === metric && each.subject === undefined && each.quantile === undefined,
  );
  return found!.value!;
}
