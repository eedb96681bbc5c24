import { mistakeList } from '../mistakes/mistakes.js';
import { MistakesFound } from '../mistakes/mistakesFound.js';
import { sourceText } from '../mistakes/sourceText.js';
import type { ClosedLoopRow } from './closedLoopPoints.js';
import { closedLoopOf, isClosedLoopTable, type TableDefaults } from './closedLoopTable.js';
import { loggedRequests } from './loggedRequests.js';
import { type MeasuredRow, measuredTable } from './measuredTable.js';
import { measuredText } from './measuredText.js';
import { isRequestTable, measuredRequests, type RequestRecord } from './recordedRequests.js';
import type { StepRow } from './stepPoints.js';
import { isStepTable, stepsOf } from './stepTable.js';

/** What a file of measurements holds. */
export type Measurements =
  | { readonly kind: 'steps'; readonly rows: readonly StepRow[] }
  | { readonly kind: 'closed loops'; readonly rows: readonly ClosedLoopRow[] }
  | { readonly kind: 'requests'; readonly record: RequestRecord };

/**
 * Reads a file of measurements, told apart by what is in it: a table of iterations, of closed loops, or of requests
 * (CSV, plain or gzip-compressed), or the result of vLLM bench (with `--save-detailed`), AIPerf or guidellm (JSON).
 * Undefined: none of these. Throws `MistakesFound` with all that is wrong with it.
 */
export function readMeasurements(file: string, defaults: TableDefaults): Measurements | undefined {
  const source = sourceText(file, measuredText(file));
  const mistakes = mistakeList();
  const found = /\.jsonl?$/.test(file)
    ? ofRequests(loggedRequests(source, mistakes))
    : ofTable(measuredTable(source, mistakes), defaults);
  if (mistakes.hasErrors()) throw new MistakesFound(mistakes.sorted());
  return found;
}

function ofTable(rows: readonly MeasuredRow[], defaults: TableDefaults): Measurements | undefined {
  const first = rows[0];
  if (first === undefined) return undefined;
  if (isRequestTable(first)) return ofRequests(measuredRequests(rows));
  if (isClosedLoopTable(first))
    return { kind: 'closed loops', rows: rows.flatMap((row) => closedLoopOf(row, defaults) ?? []) };
  if (isStepTable(first))
    return { kind: 'steps', rows: rows.flatMap((row) => stepsOf(row, defaults) ?? []) };
  return undefined;
}

function ofRequests(record: RequestRecord | undefined): Measurements | undefined {
  return record && { kind: 'requests', record };
}
