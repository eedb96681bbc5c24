import type { AdmissionOrder } from './admissionOrder.js';
import type { Drafting } from './draftAcceptance.js';
import type { GapRetention } from './gapRetention.js';

/** How one replica schedules and what it can hold. Defaults are those of the named engine version, see docs/engine.md. */
export interface ReplicaOptions {
  /** The next batch is formed while one runs; host work hides behind the device. */
  readonly asyncScheduling: boolean;
  /** Admit a request only if its whole prompt fits, not just its first chunk. */
  readonly wholeSequenceAdmission: boolean;
  readonly prefixCache: boolean;
  /** A power of two. */
  readonly blockTokens: number;
  readonly kvBlocks: number;
  readonly maxSequences: number;
  /** At least `maxSequences`, times 1 + drafts: every decode row must get its tokens. */
  readonly maxBatchTokens: number;
  /** In which order waiting requests are admitted. Default `fcfs`. */
  readonly order?: AdmissionOrder;
  /** Absent: every decode row gets one token per iteration. With it the cost must not be affine. */
  readonly speculation?: Drafting;
  /** Cached blocks that nobody has referenced for longer are gone, ms; undefined: they stay until evicted. */
  readonly ttlMs?: number;
  /** What becomes of a context between its calls; undefined: it stays until evicted, as `ttlMs` allows. */
  readonly overGaps?: GapRetention;
  /** No prompt is computed here: every request comes with its KV, and one that is preempted goes back to where that came from. */
  readonly decodeOnly?: boolean;
  /** Most equal batches in one run, for tests; results do not depend on it. */
  readonly maxJump?: number;
}
