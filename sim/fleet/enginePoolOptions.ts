import type { ReplicaOptions } from '../engine/replicaOptions.js';
import type { IterationCost } from '../hardware/iterationCost.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { RouterSpec } from './routerSpec.js';
import type { TieringOptions } from './tierOptions.js';

/** What an engine pool is made of. */
export interface EnginePoolOptions {
  readonly name: string;
  readonly replicas: number;
  /** Index of the first replica among all replicas of the run: the order of events at one instant. */
  readonly firstReplica: number;
  readonly engine: ReplicaOptions;
  readonly cost: IterationCost;
  readonly router: RouterSpec;
  /** Keeps what estimates of the time in the pool are made from. */
  readonly isEstimated?: boolean;
  readonly timelineBinMs: number;
  readonly timelineBins: number;
  /** Memory tiers below the KV blocks, and the time grid that their loads end on. */
  readonly tiering?: TieringOptions & { readonly grid: TimeGrid };
}
