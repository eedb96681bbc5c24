/** How a memory tier gets what it holds. */
export const tierWrites = ['through', 'back'] as const;
/** `through`: every context when its call ends. `back`: what the tier above evicts. */
export type TierWrite = (typeof tierWrites)[number];

/** When contexts are loaded from tiers: always, or when that is estimated to be faster than to compute them. */
export const tierLoads = ['always', 'when-faster'] as const;
export type TierLoad = (typeof tierLoads)[number];

/** When loads begin: when the request is at its replica, or when what came before its call is known to be over. */
export const tierPrefetches = ['arrival', 'tool-return'] as const;
export type TierPrefetch = (typeof tierPrefetches)[number];

/** One memory tier below the KV blocks of a pool. It consists of one or more equal stores. */
export interface TierOptions {
  readonly name: string;
  /** Replicas that share a store: 1, those of a host, or all of the pool. */
  readonly replicasPerStore: number;
  /** Of one store. */
  readonly capacityBytes: number;
  /** Of one store, in each direction. */
  readonly bytesPerMs: number;
  /** From the last byte of a load to its use, on the time grid. */
  readonly latencyMs: number;
  /** The first tier of a pool writes through. */
  readonly write: TierWrite;
}

/** The memory tiers of a pool and their use. */
export interface TieringOptions {
  /** Nearest first. */
  readonly tiers: readonly TierOptions[];
  /** KV of one block, over all accelerators of a replica, each byte once. */
  readonly blockBytes: number;
  readonly load: TierLoad;
  /** Fewer tokens are computed rather than loaded. */
  readonly minTokens: number;
  /** Default: `arrival`. */
  readonly prefetch?: TierPrefetch;
}
