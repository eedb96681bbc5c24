/** How a rule chooses among pools by what it expects of them. */
export const placementPolicies = ['cheapest-that-meets', 'fastest', 'cost-per-flow'] as const;
export type PlacementPolicy = (typeof placementPolicies)[number];

/** Sends requests that match all conditions to the first pool of `prefer` that has room, or to the one that a policy chooses. */
export interface PlacementRule {
  readonly when: {
    readonly interactive?: boolean;
    readonly role?: string;
    readonly population?: string;
    /** Label of an `infer` step. */
    readonly label?: string;
    /** Prompt tokens, both bounds included. */
    readonly contextTokens?: { readonly min: number; readonly max: number };
  };
  /** Pool names, best first. With a policy: those that it chooses from, none meaning all; never empty without. */
  readonly prefer: readonly string[];
  readonly policy?: PlacementPolicy;
  /** Of the policies that look at one: how long a call may take. */
  readonly targetMs?: number;
  /** A pool is passed over (unless it is the last) while any of these is reached. */
  readonly spillAt: {
    /** Waiting requests per replica, on average over the pool. */
    readonly waiting?: number;
    /** How long the request has waited that is first in line at the least loaded replica, or at the station. */
    readonly queueTimeMs?: number;
    /** Estimated time until the prompt is computed: queue, and prefill of what is not cached there. */
    readonly waitMs?: number;
  };
}
