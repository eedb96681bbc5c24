import type { RequestTable } from '../facts/requestTable.js';

/**
 * The times of one request that have a distribution, in ms, each from a row of the request table.
 * NaN where the request has none. Definitions: see the metric of the same name.
 */
export const requestMeasures = {
  ttft: (requests: RequestTable, row: number): number =>
    requests.firstTokenMs[row]! - requests.arrivalMs[row]!,
  clientTtft: (requests: RequestTable, row: number): number =>
    requests.clientFirstTokenMs[row]! - requests.sentMs[row]!,
  tpot: (requests: RequestTable, row: number): number =>
    requests.outputTokens[row]! > 1
      ? (requests.finishMs[row]! - requests.firstTokenMs[row]!) / (requests.outputTokens[row]! - 1)
      : Number.NaN,
  e2e: (requests: RequestTable, row: number): number =>
    requests.finishMs[row]! - requests.arrivalMs[row]!,
  queueTime: (requests: RequestTable, row: number): number =>
    requests.headOfLineMs[row]! +
    requests.slotsMs[row]! +
    requests.kvBlocksMs[row]! +
    requests.tokenBudgetMs[row]! +
    requests.iterationMs[row]!,
} as const;

export type RequestMeasure = keyof typeof requestMeasures;
