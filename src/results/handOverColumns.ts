import type { HandOverTable } from '../../sim/facts/handOverTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import type { CsvColumn } from './csvRows.js';
import { toNanosecond } from './toNanosecond.js';

type Column = CsvColumn<RunResult>;

/** Columns of `requests.csv` where pools hand requests over; empty cells of requests that never got that far. */
export const handOverColumns: readonly Column[] = [
  [
    'decodePool',
    (run, row) => run.pools[run.handOvers?.decodePool[row] ?? -1]?.name ?? '',
    'Pool that decoded it after a hand-over. Empty: it was never there.',
  ],
  [
    'decodeReplica',
    (run, row) => {
      const replica = run.handOvers?.decodeReplica[row] ?? -1;
      return replica < 0 ? Number.NaN : replica;
    },
    'Number of the replica in the pool that decoded it, from 0.',
  ],
  [
    'kvTokens',
    (run, row) => run.handOvers?.kvTokens[row] ?? 0,
    'Tokens whose KV was sent to the decode pool, over all hand-overs of the request.',
  ],
  time(
    'prefilledMs',
    'ms since the start: its prompt is computed for the first time, and it arrives at the decode pool.',
  ),
  time('decodeHeadOfLineMs', 'ms at the decode pool behind others in the line of the replica.'),
  time(
    'decodeSlotsMs',
    'ms at the decode pool as the first in line, while all sequence slots were taken.',
  ),
  time(
    'decodeKvBlocksMs',
    'ms at the decode pool as the first in line, while too few KV blocks were free for it.',
  ),
  time(
    'decodeTokenBudgetMs',
    'ms at the decode pool as the first in line, while the batch had no tokens left for it.',
  ),
  time(
    'kvTransferMs',
    'ms from the reservation of room at the decode pool to the last byte of KV, of the first hand-over.',
  ),
  time(
    'decodeIterationMs',
    'ms at the decode pool until the next batch: as the first in line, and from the last byte of KV to the first batch there.',
  ),
];

/** Further ones where the pool that decodes cannot read the KV. */
export const rePrefillColumns: readonly Column[] = [
  [
    'recomputedTokens',
    (run, row) => run.handOvers?.recomputedTokens[row] ?? 0,
    'Prompt tokens (the first token of the answer is one of them there) that the decode pool computed again because it cannot read the KV, prefix hits apart.',
  ],
  time(
    'recomputeMs',
    'ms from the first batch of such a prompt at the decode pool to the first token that comes of it there.',
  ),
];

function time(name: Extract<keyof HandOverTable, `${string}Ms`>, definition: string): Column {
  return [name, (run, row) => toNanosecond(run.handOvers?.[name][row] ?? Number.NaN), definition];
}
