import type { Accelerator } from '../../sim/hardware/accelerator.js';
import { quantileSorted } from '../../sim/statistics/quantileSorted.js';
import type { MeasuredPoint, PointMetric } from './measuredPoint.js';
import type { MeasuredServer } from './measuredScenario.js';
import { type LoadTimes, simulateLoad } from './simulateLoad.js';

/** Requests of one run of a real server: when they were sent, and how long they took. */
export interface RequestLog {
  readonly label: string;
  readonly cell: string;
  readonly server: MeasuredServer;
  readonly measured: LoadTimes;
}

const quantiles = [0.5, 0.9, 0.95, 0.99] as const;

/** Mean and quantiles of the latencies of whole runs. A prediction simulates the run, so it takes a while. */
export function requestPoints(logs: readonly RequestLog[]): MeasuredPoint[] {
  return logs.flatMap(({ label, cell, server, measured }) => {
    const simulated = new WeakMap<Accelerator, Summaries>();
    const on = (accelerator: Accelerator) => {
      const known = simulated.get(accelerator);
      if (known !== undefined) return known;
      const deployment = { ...server.deployment, accelerator };
      const found = summaries(simulateLoad({ ...server, deployment }));
      simulated.set(accelerator, found);
      return found;
    };
    return [...summaries(measured)].map(
      ([name, { metric, valueMs }]): MeasuredPoint => ({
        label: `${label}: ${name}`,
        metric,
        measuredMs: valueMs,
        cell,
        accelerators: server.deployment.tensorParallel,
        tokens: 0,
        predictMs: (accelerator) => on(accelerator).get(name)?.valueMs ?? Number.NaN,
      }),
    );
  });
}

type Summaries = Map<string, { readonly metric: PointMetric; readonly valueMs: number }>;

/** Mean and quantiles, by names such as `ttft p99`. */
export function summaries(times: LoadTimes): Summaries {
  const found: Summaries = new Map();
  for (const [metric, column] of [
    ['ttft', times.ttftMs],
    ['tpot', times.tpotMs],
    ['e2e', times.e2eMs],
  ] as const) {
    const sorted = column.filter((value) => value >= 0).sort();
    if (sorted.length === 0) continue;
    const mean = sorted.reduce((total, value) => total + value, 0) / sorted.length;
    found.set(`${metric} mean`, { metric, valueMs: mean });
    for (const quantile of quantiles) {
      const valueMs = quantileSorted(sorted, quantile);
      found.set(`${metric} p${100 * quantile}`, { metric, valueMs });
    }
  }
  return found;
}
