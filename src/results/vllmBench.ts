import { quantileName } from '../../sim/metrics/estimate.js';
import { type MetricId, metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { Summary } from '../../sim/metrics/summary.js';
import { findMetric } from './findMetric.js';

/** Latencies by the prefix that `vllm bench serve` gives them. */
const latencies: readonly (readonly [string, MetricId])[] = [
  ['ttft', 'ttft'],
  ['tpot', 'tpot'],
  ['itl', 'itl'],
  ['e2el', 'e2e'],
];
const latencyForms: readonly (readonly [string, number?])[] = [
  ['mean'],
  ['median', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
];

/** Every name of the block, and what its number is. */
export const vllmBenchNames: readonly (readonly [name: string, definition: string])[] = [
  ['duration', 'Seconds: the measured time, added up over all replications.'],
  ['completed', 'Requests that finished in that time.'],
  ['total_input_tokens', 'Prompt tokens of those requests, prefix hits included.'],
  ['total_output_tokens', 'Output tokens of those requests.'],
  ['request_throughput', 'Requests completed per second.'],
  ['request_goodput', 'Requests completed per second that met every latency budget.'],
  ['output_throughput', 'Output tokens per second.'],
  ['total_token_throughput', 'Prompt and output tokens per second.'],
  ...latencies.flatMap(([name, metric]) =>
    latencyForms.map(([form, quantile]) => {
      const what = quantile === undefined ? 'mean' : quantileName(quantile);
      return [`${form}_${name}_ms`, `ms: ${metricDefinition(metric)!.label}, ${what}.`] as const;
    }),
  ),
];

/**
 * The whole run under the names that `vllm bench serve` writes. Counts are totals over all replications;
 * latencies are taken at the router, where such a bench stands, after the warm-up, over all populations.
 */
export function vllmBench(summary: Summary): Record<string, number | null> {
  const seconds = summary.measuredMs / 1000;
  const find = (metric: MetricId, quantile?: number) =>
    findMetric(summary.metrics, { metric, subject: undefined, quantile });
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
    for (const [form, quantile] of latencyForms) {
      bench[`${form}_${name}_ms`] = value(metric, quantile);
    }
  }
  return bench;
}
