import type { RunResult } from '../../sim/run/runResult.js';
import { csvCell } from './csvCell.js';

const levels = [
  'busyUnits',
  'running',
  'waiting',
  'usedKvBlocks',
  'cachedKvBlocks',
  'flops',
  'memoryBytes',
] as const;

/**
 * The lines of `timeline.csv`: a row per pool (gateway, resource) and time bin. Levels are averages over the
 * bin; flops and memoryBytes are what one accelerator of each replica did in it, added up.
 */
export function* timelineCsv(runs: readonly RunResult[]): Generator<string> {
  yield `replication,pool,startMs,endMs,${levels.join(',')}\n`;
  for (const run of runs) {
    const gateway = run.gateway ? [run.gateway] : [];
    const pools = [...gateway, ...run.pools, ...(run.agents?.resources ?? [])];
    for (const { name, timeline } of pools) {
      for (let bin = 0; bin < timeline.binCount; bin++) {
        const startMs = bin * timeline.binMs;
        const endMs = Math.min(run.endMs, startMs + timeline.binMs);
        const cells = [
          run.replication,
          name,
          startMs,
          endMs,
          ...levels.map((level) => timeline[level][bin]!),
        ];
        yield `${cells.map(csvCell).join(',')}\n`;
      }
    }
  }
}
