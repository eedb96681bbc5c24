import type { KvLinkUse } from '../facts/poolRun.js';

/** Share of the run that KV needs on the links of so many replicas, in the busier way; above 1: more than they can carry. */
export function kvLinkBusy({ outBusyMs, inBusyMs, overMs }: KvLinkUse, replicas: number): number {
  return Math.max(outBusyMs, inBusyMs) / (replicas * overMs);
}
