import { readFileSync } from 'node:fs';
import type { ClosedLoopRow } from './closedLoopPoints.js';
import { closedLoopOf, isClosedLoopTable, type TableDefaults } from './closedLoopTable.js';
import { loggedRequests } from './loggedRequests.js';
import { readTable } from './readTable.js';
import { isRequestTable, type RequestRecord, recordedRequests } from './recordedRequests.js';
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
 * Undefined: none of these.
 */
export function readMeasurements(file: string, defaults: TableDefaults): Measurements | undefined {
  if (/\.jsonl?$/.test(file)) {
    const requests = loggedRequests(readFileSync(file, 'utf8'));
    return requests === undefined ? undefined : { kind: 'requests', record: requests };
  }
  const rows = readTable(file);
  const first = rows[0];
  if (first === undefined) return undefined;
  if (isRequestTable(first)) return { kind: 'requests', record: recordedRequests(rows) };
  if (isClosedLoopTable(first))
    return { kind: 'closed loops', rows: rows.map((row) => closedLoopOf(row, defaults)) };
  if (isStepTable(first)) return { kind: 'steps', rows: rows.map((row) => stepsOf(row, defaults)) };
  return undefined;
}
