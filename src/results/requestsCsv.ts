import { Outcome, type RequestTable } from '../../sim/facts/requestTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { type CsvColumn, csvRows } from './csvRows.js';
import { toNanosecond } from './toNanosecond.js';

const outcomeNames: Readonly<Record<Outcome, string>> = {
  [Outcome.open]: 'open',
  [Outcome.completed]: 'completed',
  [Outcome.rejected]: 'rejected',
  [Outcome.neverFits]: 'neverFits',
  [Outcome.cancelled]: 'cancelled',
  [Outcome.abandoned]: 'abandoned',
};

type Column = CsvColumn<RunResult>;

const allColumns: readonly Column[] = [
  ['replication', (run) => run.replication],
  ['request', (_, row) => row],
  ['population', (run, row) => run.populationNames[run.requests.population[row]!] ?? ''],
  ['pool', (run, row) => run.pools[run.requests.pool[row]!]?.name ?? ''],
  ['replica', (run, row) => withoutNone(run.requests.replica[row]!)],
  ['outcome', (run, row) => outcomeNames[run.requests.outcome[row] as Outcome]],
  ...(['promptTokens', 'outputTokens', 'hitTokens', 'preemptions'] as const).map(count),
  ...(['sentMs', 'arrivalMs', 'scheduledMs', 'firstTokenMs', 'finishMs'] as const).map(time),
  time('clientFirstTokenMs'),
  ['kvLoadMs', ({ requests }, row) => toNanosecond(requests.kvLoadMs?.[row] ?? 0)],
  ...(['headOfLineMs', 'slotsMs', 'kvBlocksMs', 'tokenBudgetMs', 'iterationMs'] as const).map(time),
];

/** Where a pool tells clients to come again. */
const retryColumns: readonly Column[] = [
  ['retries', ({ requests }, row) => requests.retries?.[row] ?? 0],
  ['retryMs', ({ requests }, row) => toNanosecond(requests.retryMs?.[row] ?? 0)],
];

/** Where pools hand requests over. */
const handOverColumns: readonly Column[] = [
  ['decodePool', (run, row) => run.pools[run.handOvers?.decodePool[row] ?? -1]?.name ?? ''],
  ['decodeReplica', (run, row) => withoutNone(run.handOvers?.decodeReplica[row] ?? -1)],
  ['kvTokens', (run, row) => run.handOvers?.kvTokens[row] ?? 0],
  ...(
    [
      'prefilledMs',
      'decodeHeadOfLineMs',
      'decodeSlotsMs',
      'decodeKvBlocksMs',
      'decodeTokenBudgetMs',
      'kvTransferMs',
      'decodeIterationMs',
    ] as const
  ).map(
    (name): Column => [name, (run, row) => toNanosecond(run.handOvers?.[name][row] ?? Number.NaN)],
  ),
];

/** Where the pool that decodes cannot read the KV. */
const rePrefillColumns: readonly Column[] = [
  ['recomputedTokens', (run, row) => run.handOvers?.recomputedTokens[row] ?? 0],
  ['recomputeMs', (run, row) => toNanosecond(run.handOvers?.recomputeMs[row] ?? Number.NaN)],
];

/** The lines of `requests.csv`: a row per LLM call of the replications that were kept; empty cells where something never happened. */
export function requestsCsv(runs: readonly RunResult[]): Generator<string> {
  const hasRetries = runs.some(({ requests }) => requests.retryMs !== undefined);
  // A column that says nothing is left out.
  const hasTiers = runs.some(({ requests }) => requests.kvLoadMs !== undefined);
  const told = hasTiers ? allColumns : allColumns.filter(([name]) => name !== 'kvLoadMs');
  const retried = hasRetries ? [...told, ...retryColumns] : told;
  // Only where pools hand requests over.
  const hasHandOvers = runs.some(({ handOvers }) => handOvers !== undefined);
  const hasRePrefills = runs.some(({ pools }) => pools.some((pool) => pool.rePrefills));
  const handed = hasRePrefills ? [...handOverColumns, ...rePrefillColumns] : handOverColumns;
  const columns = hasHandOvers ? [...retried, ...handed] : retried;
  return csvRows(columns, runs, ({ requests }) => requests.count);
}

function count(
  name: keyof RequestTable & ('promptTokens' | 'outputTokens' | 'hitTokens' | 'preemptions'),
): Column {
  return [name, ({ requests }, row) => requests[name][row]!];
}

function time(name: Extract<keyof RequestTable, `${string}Ms`>): Column {
  return [name, ({ requests }, row) => toNanosecond(requests[name]![row]!)];
}

function withoutNone(index: number): number {
  return index < 0 ? Number.NaN : index;
}
