import type { RecordedRequests } from './measuredLoad.js';
import { measuredNumbers } from './measuredNumbers.js';
import type { MeasuredRow } from './measuredTable.js';
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

type Columns = Readonly<Record<keyof LoggedRequest, readonly (readonly [string, number])[]>>;

/** Names under which tables of requests have these columns, and what turns them into ms. */
const columns: Columns = {
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
export function isRequestTable(row: MeasuredRow): boolean {
  return Object.values(columns).every((names) => names.some(([name]) => row.has(name)));
}

/** Reads a shipped table of requests as it is; those that failed (a `status` other than ok) are left out. */
export function recordedRequests(rows: readonly TableRow[]): RequestRecord {
  const usable = rows.filter(({ status }) => status === undefined || status === 'ok');
  return requestRecord(
    usable.map((row) =>
      requestOf((key) => {
        const [name, factor] = columns[key].find(([name]) => name in row)!;
        return Number(row[name]) * factor;
      }),
    ),
  );
}

/** Reads a table of requests that a user wrote: mistakes are noted, those that failed are left out. */
export function measuredRequests(rows: readonly MeasuredRow[]): RequestRecord {
  const usable = rows.filter((row) => !row.has('status') || row.text('status') === 'ok');
  return requestRecord(
    usable.map((row) =>
      requestOf((key) => {
        const [name, factor] = columns[key].find(([name]) => row.has(name))!;
        const isLatency = key === 'ttftMs' || key === 'e2eMs';
        const read = isLatency ? row.measured(name, numbers[key]) : row.needed(name, numbers[key]);
        return read * factor;
      }),
    ),
  );
}

function requestOf(value: (key: keyof LoggedRequest) => number): LoggedRequest {
  return {
    sentMs: value('sentMs'),
    promptTokens: value('promptTokens'),
    outputTokens: value('outputTokens'),
    ttftMs: value('ttftMs'),
    e2eMs: value('e2eMs'),
  };
}

/** A request that failed may say 0 tokens and 0 ms. */
const numbers = {
  sentMs: measuredNumbers.instant,
  promptTokens: measuredNumbers.tokensOrNone,
  outputTokens: measuredNumbers.tokensOrNone,
  ttftMs: measuredNumbers.durationOrNone,
  e2eMs: measuredNumbers.durationOrNone,
} as const;

/** Puts requests in the order in which they were sent, from time 0. Those without tokens or without an end are left out. */
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
      tpotMs: Float64Array.from(sorted, ({ e2eMs, ttftMs, outputTokens }) =>
        outputTokens > 1 ? (e2eMs - ttftMs) / (outputTokens - 1) : Number.NaN,
      ),
      e2eMs: Float64Array.from(sorted, ({ e2eMs }) => e2eMs),
    },
  };
}
