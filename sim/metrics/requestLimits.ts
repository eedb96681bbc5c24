import type { RequestTable } from '../facts/requestTable.js';
import { type RequestMeasure, requestMeasures } from './requestMeasures.js';

/** The most that a latency may be for a request to be good: from a budget on that latency. */
export interface RequestLimit {
  readonly measure: RequestMeasure;
  /** Undefined: requests of every population. */
  readonly population: string | undefined;
  readonly maxMs: number;
}

/** Whether a completed request met all limits of its population. A latency that it does not have (TPOT of one token) is met. */
export function isGood(
  requests: RequestTable,
  row: number,
  limits: readonly RequestLimit[],
): boolean {
  return limits.every((limit) => !(requestMeasures[limit.measure](requests, row) > limit.maxMs));
}

/** The limits that hold for a population. */
export function limitsOf(limits: readonly RequestLimit[], population: string): RequestLimit[] {
  return limits.filter(
    (limit) => limit.population === undefined || limit.population === population,
  );
}
