import type { RequestTrace } from '../../sim/workload/requestTrace.js';

/** A small trace with block hashes: one request per ms, one output token each. */
export function hashedTrace(
  blockTokens: number,
  requests: readonly { readonly promptTokens: number; readonly hashes: readonly number[] }[],
): RequestTrace {
  const offsets = [0];
  for (const { hashes } of requests) offsets.push(offsets.at(-1)! + hashes.length);
  return {
    name: 'hashed',
    count: requests.length,
    arrivalMs: Float64Array.from(requests, (_, i) => i),
    promptTokens: Int32Array.from(requests, (request) => request.promptTokens),
    outputTokens: new Int32Array(requests.length).fill(1),
    blockHashes: {
      blockTokens,
      ids: Int32Array.from(requests.flatMap((request) => request.hashes)),
      offsets: Int32Array.from(offsets),
    },
  };
}
