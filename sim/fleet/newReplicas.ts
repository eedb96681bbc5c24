import type { OnSequenceEnd } from '../engine/onSequenceEnd.js';
import { Replica } from '../engine/replica.js';
import type { SharedState } from '../engine/sharedState.js';
import type { EnginePoolOptions } from './enginePoolOptions.js';

/** The replicas of a pool, numbered from its first among all of the run. */
export function newReplicas(
  { replicas, firstReplica, engine, cost }: EnginePoolOptions,
  shared: SharedState,
  onEnd: OnSequenceEnd,
): Replica[] {
  return Array.from(
    { length: replicas },
    (_, index) => new Replica(firstReplica + index, engine, cost, shared, onEnd),
  );
}
