/** How a request ended. */
export const Outcome = {
  /** Still inside when the run was cut. */
  open: 0,
  completed: 1,
  /** Turned away by the gateway, a pool's limit on waiting, or a full waiting room (429). */
  rejected: 2,
  /** Prompt and output can never fit the KV memory of any pool that the request may use. */
  neverFits: 3,
  /** Given up by its client: its task was cancelled or interrupted. */
  cancelled: 4,
  /** Left a station's queue because its patience ended before its service began. */
  abandoned: 5,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** The names under which results list how requests ended. */
export const outcomeNames = {
  [Outcome.open]: 'open',
  [Outcome.completed]: 'completed',
  [Outcome.rejected]: 'rejected',
  [Outcome.neverFits]: 'neverFits',
  [Outcome.cancelled]: 'cancelled',
  [Outcome.abandoned]: 'abandoned',
} as const satisfies Record<Outcome, string>;

/** Why a request waited at a replica, beyond the time behind others. See `explain queueTime`. */
export const queueReasons = [
  'headOfLine',
  'slots',
  'kvBlocks',
  'tokenBudget',
  'iteration',
] as const;
export type QueueReason = (typeof queueReasons)[number];

/**
 * A row per request, in columns, in the order in which they arrived at the client side. Times are ms
 * since the start of the run; NaN where it never happened.
 */
export interface RequestTable {
  readonly count: number;
  /** Index into the scenario's populations (sorted by name) and pools; pool −1: none was reached. */
  readonly population: Int32Array;
  readonly pool: Int32Array;
  readonly replica: Int32Array;
  readonly outcome: Uint8Array;
  readonly promptTokens: Int32Array;
  readonly outputTokens: Int32Array;
  /** Prompt tokens found in the prefix cache, summed over all admissions. */
  readonly hitTokens: Int32Array;
  readonly preemptions: Int32Array;
  /** Request leaves the client. */
  readonly sentMs: Float64Array;
  /** Request reaches the router: start of TTFT and E2E. */
  readonly arrivalMs: Float64Array;
  /** First batch that holds it is formed. */
  readonly scheduledMs: Float64Array;
  readonly firstTokenMs: Float64Array;
  readonly finishMs: Float64Array;
  /** First token at the client: firstTokenMs plus the way back. */
  readonly clientFirstTokenMs: Float64Array;
  /** Time until KV was there from memory tiers, from arrivalMs on; absent where no pool has tiers. */
  readonly kvLoadMs?: Float64Array;
  /** Queue time by reason; sums to scheduledMs − arrivalMs − kvLoadMs plus the wait for the batch to start. */
  readonly headOfLineMs: Float64Array;
  readonly slotsMs: Float64Array;
  readonly kvBlocksMs: Float64Array;
  readonly tokenBudgetMs: Float64Array;
  readonly iterationMs: Float64Array;
  /** Where a pool tells clients to come again: how often each did, and from its first sending to its last. */
  readonly retries?: Int32Array;
  readonly retryMs?: Float64Array;
}
