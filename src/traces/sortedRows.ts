import type { RequestTrace } from '../../sim/workload/requestTrace.js';

/** The columns of a trace, in any order of arrival. */
export type TraceRows = Pick<
  RequestTrace,
  'arrivalMs' | 'promptTokens' | 'outputTokens' | 'blockHashes'
>;

/** The rows in order of arrival; those that arrive together keep their order. */
export function sortedRows(rows: TraceRows): TraceRows {
  const { arrivalMs, blockHashes } = rows;
  const order = Uint32Array.from(arrivalMs, (_, row) => row);
  order.sort((a, b) => arrivalMs[a]! - arrivalMs[b]! || a - b);
  return {
    arrivalMs: Float64Array.from(order, (row) => arrivalMs[row]!),
    promptTokens: Int32Array.from(order, (row) => rows.promptTokens[row]!),
    outputTokens: Int32Array.from(order, (row) => rows.outputTokens[row]!),
    blockHashes: blockHashes && sortedHashes(blockHashes, order),
  };
}

function sortedHashes(
  hashes: NonNullable<RequestTrace['blockHashes']>,
  order: Uint32Array,
): NonNullable<RequestTrace['blockHashes']> {
  const ids = new Int32Array(hashes.ids.length);
  const offsets = new Int32Array(order.length + 1);
  let used = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    const own = hashes.ids.subarray(hashes.offsets[row]!, hashes.offsets[row + 1]!);
    ids.set(own, used);
    used += own.length;
    offsets[i + 1] = used;
  }
  return { blockTokens: hashes.blockTokens, ids, offsets };
}
