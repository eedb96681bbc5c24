import { grown } from '../../sim/kernel/grown.js';
import { timeGridFor } from '../../sim/kernel/timeGrid.js';
import type { BlockHashes, RequestTrace } from '../../sim/workload/requestTrace.js';
import { planForks } from '../../sim/workload/traceForks.js';
import { sortedRows, type TraceRows } from './sortedRows.js';
import type { TraceMistakes } from './traceMistakes.js';

/** Collects the rows of a trace in growing columns, and puts them in order at the end. */
export class TraceBuilder {
  count = 0;
  hashCount = 0;
  private arrivalMs = new Float64Array(1024);
  private promptTokens = new Int32Array(1024);
  private outputTokens = new Int32Array(1024);
  private hashes = new Int32Array(0);
  private offsets = new Int32Array(0);
  private readonly blockTokens: number | undefined;
  private zeroPrompts = 0;
  private zeroOutputs = 0;
  private firstUnsorted = -1;

  /** `blockTokens`: tokens per block hash, `undefined` for a trace without hashes. */
  constructor(blockTokens: number | undefined) {
    this.blockTokens = blockTokens;
    if (blockTokens === undefined) return;
    this.hashes = new Int32Array(1024);
    this.offsets = new Int32Array(1024);
  }

  /** Adds a hash to the row that `addRow` adds next. */
  addHash(id: number): void {
    if (this.hashCount === this.hashes.length) {
      this.hashes = grown(this.hashes, 2 * this.hashCount);
    }
    this.hashes[this.hashCount++] = id;
  }

  addRow(arrivalMs: number, promptTokens: number, outputTokens: number): void {
    const row = this.count++;
    if (row + 2 > this.arrivalMs.length) this.grow();
    if (row > 0 && arrivalMs < this.arrivalMs[row - 1]! && this.firstUnsorted < 0) {
      this.firstUnsorted = row;
    }
    if (promptTokens === 0) this.zeroPrompts++;
    if (outputTokens === 0) this.zeroOutputs++;
    this.arrivalMs[row] = arrivalMs;
    // An engine computes at least one token and emits at least one.
    this.promptTokens[row] = Math.max(1, promptTokens);
    this.outputTokens[row] = Math.max(1, outputTokens);
    if (this.blockTokens !== undefined) this.offsets[row + 1] = this.hashCount;
  }

  /** The finished trace, shifted to start at 0; `undefined` with a mistake noted when it cannot be played. */
  finish(name: string, mistakes: TraceMistakes): RequestTrace | undefined {
    if (this.count === 0) {
      mistakes.ofFile('E_EMPTY', 'the trace holds no requests');
      return undefined;
    }
    const rows = this.inOrder(mistakes);
    const firstMs = rows.arrivalMs[0]!;
    // Plus 0, which turns −0 into 0.
    for (let i = 0; i < this.count; i++) rows.arrivalMs[i] = rows.arrivalMs[i]! - firstMs + 0;
    const spanMs = rows.arrivalMs[this.count - 1]!;
    if (timeGridFor(spanMs) === undefined) {
      const days = Math.round(spanMs / 86_400_000);
      mistakes.ofFile('E_RANGE', `the trace spans ${days} days; at most 74 can be simulated`);
      return undefined;
    }
    const trace = { name, count: this.count, ...rows };
    this.warnOfZeros(mistakes);
    warnOfConflicts(trace, mistakes);
    return trace;
  }

  private inOrder(mistakes: TraceMistakes): TraceRows {
    const rows = this.columns();
    if (this.firstUnsorted < 0) return rows;
    const row = this.firstUnsorted + 1;
    const message = `requests are not in order of arrival (number ${row} comes before the one above it); they were sorted`;
    mistakes.warn(0, 'W_ORDER', message);
    return sortedRows(rows);
  }

  private columns(): TraceRows {
    const blockHashes: BlockHashes | undefined =
      this.blockTokens === undefined
        ? undefined
        : {
            blockTokens: this.blockTokens,
            ids: this.hashes.slice(0, this.hashCount),
            offsets: this.offsets.slice(0, this.count + 1),
          };
    return {
      arrivalMs: this.arrivalMs.slice(0, this.count),
      promptTokens: this.promptTokens.slice(0, this.count),
      outputTokens: this.outputTokens.slice(0, this.count),
      blockHashes,
    };
  }

  private warnOfZeros(mistakes: TraceMistakes): void {
    const warn = (kind: string, count: number) => {
      if (count === 0) return;
      mistakes.warn(0, 'W_ZERO', `requests without ${kind} tokens count as 1 token: ${count}`);
    };
    warn('input', this.zeroPrompts);
    warn('output', this.zeroOutputs);
  }

  private grow(): void {
    const capacity = 2 * this.arrivalMs.length;
    this.arrivalMs = grown(this.arrivalMs, capacity);
    this.promptTokens = grown(this.promptTokens, capacity);
    this.outputTokens = grown(this.outputTokens, capacity);
    if (this.blockTokens !== undefined) this.offsets = grown(this.offsets, capacity);
  }
}

function warnOfConflicts(trace: RequestTrace, mistakes: TraceMistakes): void {
  const conflicts = planForks(trace).conflictingPrompts;
  if (conflicts === 0) return;
  const message = `requests with a block hash that follows another block elsewhere, so it cannot name a prefix: ${conflicts}`;
  const hint =
    'A hash must stand for its block and all blocks before it; what they share is counted up to that block';
  mistakes.warn(0, 'W_HASH', message, hint);
}
