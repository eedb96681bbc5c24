/** How a router picks a replica. */
export const routerPolicies = [
  'round-robin',
  'random',
  'least-requests',
  'least-tokens',
  'power-of-two',
  'session-affinity',
  'prefix-aware',
  'weighted',
] as const;
export type RouterPolicy = (typeof routerPolicies)[number];

/** The router of a pool. */
export interface RouterSpec {
  readonly policy: RouterPolicy;
  /** `prefix-aware`, `session-affinity`: a preferred replica with more than this many requests above the least loaded is passed over for that one. */
  readonly slack: number;
  /** Which of equally good replicas: the lowest index (default), or the next one after the last chosen. `weighted` always takes turns. */
  readonly ties?: 'lowest' | 'rotate';
  /** The router reads loads once per interval, at the first request in it. Absent: at every request. */
  readonly stalenessMs?: number;
  /** The router knows what it routed itself, so many tokens of it per replica. Absent: it knows the caches. */
  readonly indexTokens?: number;
  /** Of `weighted`, and only there. */
  readonly weights?: RouterWeights;
}

/** What each signal of a replica counts in its score; every signal is from 0 to 1, 1 the best. */
export interface RouterWeights {
  /** Share of the prompt that the replica has cached. */
  readonly prefix: number;
  /** Few requests assigned and not ended. */
  readonly requests: number;
  /** Few requests that wait for a slot. */
  readonly queue: number;
  /** Share of the KV memory that no running sequence holds. */
  readonly kv: number;
  /** Few prompt tokens of requests assigned and not ended. */
  readonly tokens: number;
  /** The replica is the home of the session. */
  readonly session: number;
}
