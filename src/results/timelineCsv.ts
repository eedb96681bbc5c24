import type { PoolTimeline } from '../../sim/facts/poolTimeline.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { csvCell } from './csvCell.js';

/** What a row is about. */
interface Bin {
  readonly run: RunResult;
  readonly pool: string;
  readonly timeline: PoolTimeline;
  /** From 0. */
  readonly index: number;
}

type Column = readonly [name: string, value: (bin: Bin) => number | string, definition: string];

/** Every column of the file. */
export const timelineColumns: readonly Column[] = [
  ['replication', ({ run }) => run.replication, 'Number of the replication, from 0.'],
  ['pool', ({ pool }) => pool, 'Pool, gateway or resource that the row is about.'],
  [
    'startMs',
    ({ timeline, index }) => index * timeline.binMs,
    'ms since the start of the run: the time bin begins.',
  ],
  [
    'endMs',
    ({ run, timeline, index }) => Math.min(run.endMs, index * timeline.binMs + timeline.binMs),
    'ms since the start of the run: the time bin ends; the last one with the run.',
  ],
  level('busyUnits', 'Replicas, servers or slots at work, on average over the bin.'),
  level(
    'running',
    'Sequences running (admitted), or requests and jobs in service, on average over the bin.',
  ),
  level('waiting', 'Requests or jobs that wait in its queues, on average over the bin.'),
  level('usedKvBlocks', 'KV blocks that running sequences hold, on average over the bin.'),
  level(
    'cachedKvBlocks',
    'KV blocks of cached prefixes that nobody holds, on average over the bin.',
  ),
  level('flops', 'Operations of one accelerator of each replica in the bin, added up.'),
  level('memoryBytes', 'Bytes moved by one accelerator of each replica in the bin, added up.'),
];

/** The lines of `timeline.csv`: a row per pool (gateway, resource) and time bin. */
export function* timelineCsv(runs: readonly RunResult[]): Generator<string> {
  yield `${timelineColumns.map(([name]) => name).join(',')}\n`;
  for (const run of runs) {
    const gateway = run.gateway ? [run.gateway] : [];
    const pools = [...gateway, ...run.pools, ...(run.agents?.resources ?? [])];
    for (const { name, timeline } of pools) {
      for (let index = 0; index < timeline.binCount; index++) {
        const bin = { run, pool: name, timeline, index };
        yield `${timelineColumns.map(([, value]) => csvCell(value(bin))).join(',')}\n`;
      }
    }
  }
}

function level(
  name: Exclude<keyof PoolTimeline, 'binMs' | 'binCount'>,
  definition: string,
): Column {
  return [name, ({ timeline, index }) => timeline[name][index]!, definition];
}
