import { quantileSorted } from '../../sim/statistics/quantileSorted.js';
import { type AlignedBatches, alignBatches, timeWithEqualRows } from './alignBatches.js';
import { promptShifts } from './promptShifts.js';
import type { RunBatch } from './runBatch.js';

/** How far two runs of the same requests have the same batches. Shares are of the pairs of batches, of prompts, or of the time. */
export interface BatchAgreement {
  readonly pairs: number;
  readonly equalRows: number;
  readonly oneRowApart: number;
  readonly equalPromptTokens: number;
  readonly equalBoth: number;
  readonly equalTime: number;
  /** In which batch prompts are computed. */
  readonly prompts: readonly { readonly what: string; readonly share: number }[];
  /** Of the prompts that are not in the same batch, mean absolute: what arrivals and what durations moved them by. */
  readonly movedByClockMs: number;
  readonly movedBySpeedMs: number;
  /** Of batches with as many rows and prompt tokens. */
  readonly durations: readonly DurationError[];
}

export interface DurationError {
  readonly what: string;
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  readonly p90: number;
  readonly bias: number;
}

/** `other` against `run`. */
export function batchAgreement(
  run: readonly RunBatch[],
  other: readonly RunBatch[],
): BatchAgreement {
  const pairs = alignBatches(run, other);
  const share = (holds: (pair: AlignedBatches) => boolean) =>
    pairs.filter(holds).length / pairs.length;
  const rowsApart = (pair: AlignedBatches) => pair.other.rows.length - pair.one.rows.length;
  const samePrompts = (pair: AlignedBatches) => pair.one.promptTokens === pair.other.promptTokens;
  const isEqual = (pair: AlignedBatches) => rowsApart(pair) === 0 && samePrompts(pair);
  const shifts = promptShifts(run, other);
  const shifted = (what: string, holds: (batches: number | undefined) => boolean) => ({
    what,
    share: shifts.filter(({ batches }) => holds(batches)).length / shifts.length,
  });
  const moved = shifts.filter(({ batches }) => batches !== undefined && batches !== 0);
  const alone = pairs.filter((pair) => isEqual(pair) && pair.one.promptTokens === 0);
  const lastMs = run.at(-1)?.endMs ?? 0;
  const third = (number: number) =>
    alone.filter(({ one }) => Math.min(2, Math.floor((3 * one.endMs) / lastMs)) === number);
  return {
    pairs: pairs.length,
    equalRows: share((pair) => rowsApart(pair) === 0),
    oneRowApart: share((pair) => Math.abs(rowsApart(pair)) === 1),
    equalPromptTokens: share(samePrompts),
    equalBoth: share(isEqual),
    equalTime: timeWithEqualRows(run, other),
    prompts: [
      shifted('in the same batch', (batches) => batches === 0),
      shifted('one batch earlier', (batches) => batches === -1),
      shifted('one batch later', (batches) => batches === 1),
      shifted('two apart', (batches) => Math.abs(batches ?? 0) === 2),
      shifted('further apart', (batches) => Math.abs(batches ?? 0) > 2),
      shifted('in an idle engine in one run only', (batches) => batches === undefined),
    ],
    movedByClockMs: meanOf(moved.map(({ clockMs }) => Math.abs(clockMs))),
    movedBySpeedMs: meanOf(moved.map(({ speedMs }) => Math.abs(speedMs))),
    durations: [
      durationError('decodes alone', alone),
      durationError('decodes alone, first third of the run', third(0)),
      durationError('decodes alone, second third', third(1)),
      durationError('decodes alone, last third', third(2)),
      durationError(
        'with a prompt',
        pairs.filter((pair) => isEqual(pair) && pair.one.promptTokens > 0),
      ),
    ],
  };
}

function durationError(what: string, pairs: readonly AlignedBatches[]): DurationError {
  const signed = pairs
    .map(({ one, other }) => other.durationMs / one.durationMs - 1)
    .filter((error) => !Number.isNaN(error));
  const sorted = Float64Array.from(signed, Math.abs).sort();
  return {
    what,
    count: sorted.length,
    mean: meanOf([...sorted]),
    median: quantileSorted(sorted, 0.5),
    p90: quantileSorted(sorted, 0.9),
    bias: meanOf(signed),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
