import type { RecordedRequests } from './measuredLoad.js';
import type { TableRow } from './readTable.js';
import type { LoadTimes } from './simulateLoad.js';

/** What a log of requests says: the load, and the latencies under it, in the order of sending. */
export interface RequestRecord {
  readonly load: RecordedRequests;
  readonly measured: LoadTimes;
}

/** One request of a log. */
export interface LoggedRequest {
  /** On any clock. */
  readonly sentMs: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly ttftMs: number;
  readonly e2eMs: number;
}

/** Names under which tables of requests have these columns, and what turns them into ms. */
const columns: Readonly<Record<keyof LoggedRequest, readonly (readonly [string, number])[]>> = {
  sentMs: [
    ['sentMs', 1],
    ['send_s', 1000],
    ['arrival_s', 1000],
    ['sent_ms', 1],
    ['timestamp_s', 1000],
  ],
  promptTokens: [
    ['promptTokens', 1],
    ['input_tokens', 1],
    ['prompt_tokens', 1],
  ],
  outputTokens: [
    ['outputTokens', 1],
    ['output_tokens', 1],
    ['completion_tokens', 1],
  ],
  ttftMs: [
    ['ttftMs', 1],
    ['ttft_ms', 1],
    ['ttft_s', 1000],
  ],
  e2eMs: [
    ['e2eMs', 1],
    ['e2e_ms', 1],
    ['latency_ms', 1],
    ['e2e_s', 1000],
    ['latency_s', 1000],
  ],
};

/** Whether a table with these columns is a log of requests. */
export function isRequestTable(row: TableRow): boolean {
  return Object.values(columns).every((names) => names.some(([name]) => name in row));
}

/** Reads a table of requests; requests that failed (a `status` other than ok) are left out. */
export function recordedRequests(rows: readonly TableRow[]): RequestRecord {
  const usable = rows.filter(({ status }) => status === undefined || status === 'ok');
  const numberOf = (row: TableRow, key: keyof LoggedRequest) => {
    const found = columns[key].find(([name]) => name in row)!;
    return Number(row[found[0]]) * found[1];
  };
  return requestRecord(
    usable.map((row) => ({
      sentMs: numberOf(row, 'sentMs'),
      promptTokens: numberOf(row, 'promptTokens'),
      outputTokens: numberOf(row, 'outputTokens'),
      ttftMs: numberOf(row, 'ttftMs'),
      e2eMs: numberOf(row, 'e2eMs'),
    })),
  );
}

/** Puts requests in the order in which they were sent, from time 0. */
export function requestRecord(requests: readonly LoggedRequest[]): RequestRecord {
  const sorted = [...requests]
    .filter(
      ({ promptTokens, outputTokens, e2eMs }) => promptTokens > 0 && outputTokens > 0 && e2eMs > 0,
    )
    .sort((a, b) => a.sentMs - b.sentMs);
  const firstMs = sorted[0]?.sentMs ?? 0;
  return {
    load: {
      kind: 'recorded',
      sentMs: Float64Array.from(sorted, ({ sentMs }) => sentMs - firstMs),
      promptTokens: Int32Array.from(sorted, ({ promptTokens }) => promptTokens),
      outputTokens: Int32Array.from(sorted, ({ outputTokens }) => outputTokens),
    },
    measured: {
      ttftMs: Float64Array.from(sorted, ({ ttftMs }) => ttftMs),
      tpotMs: Float64Array.from(
        sorted,
        ({ e2eMs, ttftMs, outputTokens }) => (e2eMs - ttftMs) / (outputTokens - 1),
      ),
      e2eMs: Float64Array.from(sorted, ({ e2eMs }) => e2eMs),
    },
  };
}
