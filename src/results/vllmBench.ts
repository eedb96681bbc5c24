import type { MetricId } from '../../sim/metrics/metricDefinitions.js';
import type { Summary } from '../../sim/metrics/summary.js';

/** Latencies by the prefix that `vllm bench serve` gives them. */
const latencies: readonly (readonly [string, MetricId])[] = [
  ['ttft', 'ttft'],
  ['tpot', 'tpot'],
  ['itl', 'itl'],
  ['e2el', 'e2e'],
];

/**
 * The whole run under the names that `vllm bench serve` writes. Counts are totals over all replications;
 * latencies are taken at the router, where such a bench stands, after the warm-up, over all populations.
 */
export function vllmBench(summary: Summary): Record<string, number | null> {
  const seconds = summary.measuredMs / 1000;
  const find = (metric: MetricId, quantile?: number) =>
    summary.metrics.find(
      (value) =>
        value.metric === metric && value.subject === undefined && value.quantile === quantile,
    );
  const value = (metric: MetricId, quantile?: number) => find(metric, quantile)?.value ?? null;
  const prompt = value('promptTokensPerSec');
  const output = value('outputTokensPerSec');
  const total = (perSec: number | null) => (perSec === null ? null : Math.round(perSec * seconds));
  const bench: Record<string, number | null> = {
    duration: seconds,
    completed: find('throughput')?.samples ?? null,
    total_input_tokens: total(prompt),
    total_output_tokens: total(output),
    request_throughput: value('throughput'),
    request_goodput: value('goodput'),
    output_throughput: output,
    total_token_throughput: prompt === null || output === null ? null : prompt + output,
  };
  for (const [name, metric] of latencies) {
    bench[`mean_${name}_ms`] = value(metric);
    bench[`median_${name}_ms`] = value(metric, 0.5);
    bench[`p95_${name}_ms`] = value(metric, 0.95);
    bench[`p99_${name}_ms`] = value(metric, 0.99);
  }
  return bench;
}
