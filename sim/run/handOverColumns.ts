import type { HandOverTable } from '../facts/handOverTable.js';
import type { HandedRequest } from '../fleet/handedRequest.js';
import { grown } from '../kernel/grown.js';

const initialRows = 4096;

/** Columns of the recorder for requests that are handed over; only a run with hand-overs has them. */
export class HandOverColumns {
  decodePool = new Int32Array(initialRows).fill(-1);
  decodeReplica = new Int32Array(initialRows).fill(-1);
  kvTokens = new Int32Array(initialRows);
  recomputedTokens = new Int32Array(initialRows);
  recomputeMs = new Float64Array(initialRows).fill(Number.NaN);
  prefilledMs = new Float64Array(initialRows).fill(Number.NaN);
  kvTransferMs = new Float64Array(initialRows).fill(Number.NaN);
  decodeHeadOfLineMs = new Float64Array(initialRows).fill(Number.NaN);
  decodeSlotsMs = new Float64Array(initialRows).fill(Number.NaN);
  decodeKvBlocksMs = new Float64Array(initialRows).fill(Number.NaN);
  decodeTokenBudgetMs = new Float64Array(initialRows).fill(Number.NaN);
  decodeIterationMs = new Float64Array(initialRows).fill(Number.NaN);

  /** Notes what a hand-over did to the request of this row. */
  note(row: number, handed: HandedRequest, decodePool: number): void {
    this.reserve(row);
    const { decode } = handed;
    const wasThere = handed.decodeReplica >= 0 && decode !== undefined;
    this.decodePool[row] = wasThere ? decodePool : -1;
    this.decodeReplica[row] = wasThere ? handed.decodeReplica : -1;
    this.kvTokens[row] = handed.sentTokens;
    this.recomputedTokens[row] = handed.recomputedTokens;
    this.recomputeMs[row] = handed.recomputeMs;
    this.prefilledMs[row] = handed.prefilledMs;
    this.kvTransferMs[row] = handed.kvTransferMs;
    // Where the decode side did all, its queue is the queue.
    const queue = handed.queue === undefined ? undefined : decode;
    this.decodeHeadOfLineMs[row] = queue?.headOfLineMs ?? Number.NaN;
    this.decodeSlotsMs[row] = queue?.slotsMs ?? Number.NaN;
    this.decodeKvBlocksMs[row] = queue?.kvBlocksMs ?? Number.NaN;
    this.decodeTokenBudgetMs[row] = queue?.tokenBudgetMs ?? Number.NaN;
    this.decodeIterationMs[row] = queue?.iterationMs ?? Number.NaN;
  }

  /** A row is used anew. */
  clear(row: number): void {
    this.reserve(row);
    this.decodePool[row] = -1;
    this.decodeReplica[row] = -1;
    this.kvTokens[row] = 0;
    this.recomputedTokens[row] = 0;
    this.recomputeMs[row] = Number.NaN;
    this.prefilledMs[row] = Number.NaN;
    this.kvTransferMs[row] = Number.NaN;
    this.decodeHeadOfLineMs[row] = Number.NaN;
    this.decodeSlotsMs[row] = Number.NaN;
    this.decodeKvBlocksMs[row] = Number.NaN;
    this.decodeTokenBudgetMs[row] = Number.NaN;
    this.decodeIterationMs[row] = Number.NaN;
  }

  table(count: number): HandOverTable {
    this.reserve(count);
    return {
      decodePool: this.decodePool.subarray(0, count),
      decodeReplica: this.decodeReplica.subarray(0, count),
      kvTokens: this.kvTokens.subarray(0, count),
      recomputedTokens: this.recomputedTokens.subarray(0, count),
      recomputeMs: this.recomputeMs.subarray(0, count),
      prefilledMs: this.prefilledMs.subarray(0, count),
      kvTransferMs: this.kvTransferMs.subarray(0, count),
      decodeHeadOfLineMs: this.decodeHeadOfLineMs.subarray(0, count),
      decodeSlotsMs: this.decodeSlotsMs.subarray(0, count),
      decodeKvBlocksMs: this.decodeKvBlocksMs.subarray(0, count),
      decodeTokenBudgetMs: this.decodeTokenBudgetMs.subarray(0, count),
      decodeIterationMs: this.decodeIterationMs.subarray(0, count),
    };
  }

  private reserve(row: number): void {
    if (row < this.decodePool.length) return;
    const capacity = 2 * Math.max(row, this.decodePool.length);
    const columns = this as unknown as Record<string, Int32Array | Float64Array>;
    for (const name of Object.keys(this)) columns[name] = grown(columns[name]!, capacity);
  }
}
