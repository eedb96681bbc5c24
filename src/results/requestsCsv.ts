import {
  type Outcome,
  outcomeNames,
  type QueueReason,
  queueReasons,
  type RequestTable,
} from '../../sim/facts/requestTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { type CsvColumn, csvRows } from './csvRows.js';
import { handOverColumns, rePrefillColumns } from './handOverColumns.js';
import { toNanosecond } from './toNanosecond.js';

type Column = CsvColumn<RunResult>;

const idColumns: readonly Column[] = [
  ['replication', (run) => run.replication, 'Number of the replication, from 0.'],
  [
    'request',
    (_, row) => row,
    'Number of the request within the replication, from 0, in the order in which they left their clients.',
  ],
  [
    'population',
    (run, row) => run.populationNames[run.requests.population[row]!] ?? '',
    'Population that sent it.',
  ],
  [
    'pool',
    (run, row) => run.pools[run.requests.pool[row]!]?.name ?? '',
    'Pool that placement chose for it; where pools hand over, the one that hands over. Empty: it reached none.',
  ],
  [
    'replica',
    (run, row) => withoutNone(run.requests.replica[row]!),
    'Number of the replica in that pool, from 0; noted when the request ends there. Empty: it was at none, or at a station.',
  ],
  [
    'outcome',
    (run, row) => outcomeNames[run.requests.outcome[row] as Outcome],
    'How it ended: completed, rejected, neverFits, cancelled, abandoned, or open when the run was cut. What an engine did with a request is noted at its end, so not of an open one.',
  ],
];

const countColumns: readonly Column[] = [
  count('promptTokens', 'Tokens of its prompt, those found in caches included.'),
  count('outputTokens', 'Tokens of output that it asks for; only a completed one got them all.'),
  count(
    'hitTokens',
    'Prompt tokens found in the prefix cache or loaded from memory tiers, over all admissions of the request; where pools hand over, in the pool that computes the prompt.',
  ),
  count(
    'preemptions',
    'Times that it lost its place in a batch because KV memory ran out; where pools hand over, in both.',
  ),
];

const timeColumns: readonly Column[] = [
  time('sentMs', 'ms since the start: the request leaves its client for the first time.'),
  time(
    'arrivalMs',
    'ms since the start: the request reaches the router, for the last time if it was sent again. TTFT and E2E begin here.',
  ),
  time(
    'scheduledMs',
    'ms since the start: the first batch that holds the request is formed; at a station, its service begins.',
  ),
  time(
    'firstTokenMs',
    'ms since the start: its first token leaves the engine; at a station, its answer.',
  ),
  time(
    'finishMs',
    'ms since the start: its last token leaves the engine; or it ended in another way, see outcome.',
  ),
  time('clientFirstTokenMs', 'ms since the start: its first token reaches the client.'),
];

/** Where a pool has memory tiers. */
const tierColumns: readonly Column[] = [
  [
    'kvLoadMs',
    ({ requests }, row) => toNanosecond(requests.kvLoadMs?.[row] ?? 0),
    'ms from the router until KV was there from memory tiers, before the queue; 0 where none was loaded. Only where a pool has tiers.',
  ],
];

const reasonDefinitions: Readonly<Record<QueueReason, string>> = {
  headOfLine:
    'ms of queue time behind others in the line of the replica: what is left of the queue time without the other four reasons.',
  slots:
    'ms of queue time as the first in line, while all sequence slots were taken; at a station, the whole wait for a server.',
  kvBlocks: 'ms of queue time as the first in line, while too few KV blocks were free for it.',
  tokenBudget: 'ms of queue time as the first in line, while the batch had no tokens left for it.',
  iteration:
    'ms of queue time as the first in line until the next batch was formed, and from then until its first batch started.',
};
const queueColumns = queueReasons.map((reason) => time(`${reason}Ms`, reasonDefinitions[reason]));

/** Where a pool tells clients to come again. */
const retryColumns: readonly Column[] = [
  [
    'retries',
    ({ requests }, row) => requests.retries?.[row] ?? 0,
    'Times that it was turned away (429) and its client set out to send it again. Only where a pool asks for that.',
  ],
  [
    'retryMs',
    ({ requests }, row) => toNanosecond(requests.retryMs?.[row] ?? 0),
    'ms from when it was first sent until it was sent for the last time. Only where a pool tells clients to come again.',
  ],
];

/** Every column that the file may have. */
export const requestColumns: readonly Column[] = [
  ...idColumns,
  ...countColumns,
  ...timeColumns,
  ...tierColumns,
  ...queueColumns,
  ...retryColumns,
  ...handOverColumns,
  ...rePrefillColumns,
];

/** The lines of `requests.csv`: a row per LLM call of the replications that were kept; empty cells where something never happened. */
export function requestsCsv(runs: readonly RunResult[]): Generator<string> {
  // Columns that say nothing are left out.
  const absent = new Set<Column>([
    ...(runs.some(({ requests }) => requests.kvLoadMs !== undefined) ? [] : tierColumns),
    ...(runs.some(({ requests }) => requests.retryMs !== undefined) ? [] : retryColumns),
    ...(runs.some(({ handOvers }) => handOvers !== undefined)
      ? []
      : [...handOverColumns, ...rePrefillColumns]),
    ...(runs.some(({ pools }) => pools.some((pool) => pool.rePrefills)) ? [] : rePrefillColumns),
  ]);
  const columns = requestColumns.filter((column) => !absent.has(column));
  return csvRows(columns, runs, ({ requests }) => requests.count);
}

function count(
  name: keyof RequestTable & ('promptTokens' | 'outputTokens' | 'hitTokens' | 'preemptions'),
  definition: string,
): Column {
  return [name, ({ requests }, row) => requests[name][row]!, definition];
}

function time(name: Extract<keyof RequestTable, `${string}Ms`>, definition: string): Column {
  return [name, ({ requests }, row) => toNanosecond(requests[name]![row]!), definition];
}

function withoutNone(index: number): number {
  return index < 0 ? Number.NaN : index;
}
