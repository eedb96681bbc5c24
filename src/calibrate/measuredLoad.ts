import type { BlockHashes } from '../../sim/workload/requestTrace.js';

/** The load under which a server was measured. */
export type MeasuredLoad = ClosedLoop | RecordedRequests;

/** As many clients as `concurrency`, each of whom sends its next request when one has ended. */
export interface ClosedLoop {
  readonly kind: 'closed';
  readonly concurrency: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /**
   * Lengths are drawn evenly between this share of the two above and all of it; 1: all are alike.
   * The InferenceX harness and vLLM bench's `--random-range-ratio 0.8` make 0.8.
   */
  readonly shortest: number;
  /** Requests that each client sends; undefined: ten as benchmarks do, or more where that would be a small sample. */
  readonly requestsEach?: number;
}

/** Requests one by one, with the times at which they were sent. */
export interface RecordedRequests {
  readonly kind: 'recorded';
  /** Since the first of them, ascending. */
  readonly sentMs: Float64Array;
  readonly promptTokens: Int32Array;
  readonly outputTokens: Int32Array;
  readonly blockHashes?: BlockHashes;
}
