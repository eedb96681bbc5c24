import { summarise } from '../../sim/metrics/summarise.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { LogHistogram } from '../../sim/statistics/logHistogram.js';
import { examplePool, exampleRun, exampleTimeline } from '../metrics/exampleRun.js';
import { exampleScenario } from '../metrics/exampleScenario.js';

/** Replications of a small steady run: 1,000 requests in 10 s, TTFT 100–149 ms, TPOT 20 ms, half of the time busy. */
export function exampleResults(replications = 2): RunResult[] {
  return Array.from({ length: replications }, (_, replication) => {
    const requests = Array.from({ length: 1000 }, (_, index) => {
      const arrivalMs = index * 10;
      const firstTokenMs = arrivalMs + 100 + (index % 50) + replication;
      return { arrivalMs, firstTokenMs, finishMs: firstTokenMs + 200, kvBlocksMs: 8, networkMs: 2 };
    });
    const itlMs = new LogHistogram();
    itlMs.add(20, 10_000);
    const every = (level: number) => Array.from({ length: 10 }, () => level);
    const timeline = exampleTimeline({
      busyUnits: every(0.5),
      running: every(32),
      usedKvBlocks: every(25),
      flops: every(4e11),
      memoryBytes: every(2e11),
    });
    const pool = examplePool({ timeline, itlMs, completed: 1000, promptTokens: 4, hitTokens: 1 });
    return exampleRun(requests, {
      replication,
      pools: [pool],
      fingerprint: `${replication}`.repeat(16),
    });
  });
}

/** Their summary, with p90 beside the usual quantiles. */
export function exampleSummary(replications = 2) {
  return summarise(exampleResults(replications), exampleScenario, {
    limits: [{ measure: 'ttft', population: 'chat', maxMs: 125 }],
    extraQuantiles: [0.9],
  });
}
