import type { Urgency } from '../engine/admissionOrder.js';
import type { PrefixCacheStore } from '../engine/prefixCacheStore.js';
import type { PoolRun } from '../facts/poolRun.js';
import type { HandedRequest } from '../fleet/handedRequest.js';
import type { OnPoolRequestEnd } from '../fleet/onPoolRequestEnd.js';
import type { PlacementTarget } from '../fleet/placement.js';
import type { EventCalendar } from '../kernel/calendar.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import { admittedPool } from './admittedPool.js';
import { type ConnectedPool, connectPools } from './connectPools.js';
import { enginePoolOf } from './enginePoolOf.js';
import type { RequestRecorder } from './requestRecorder.js';
import type { EnginePoolSpec, RetrySpec, Scenario } from './scenario.js';
import { stationPoolOf } from './stationPoolOf.js';

/** A pool as the simulated world sees it, whatever its hardware. */
export interface FleetPool extends PlacementTarget {
  /** Takes a request of the recorder; false when its waiting room is full. `gapMs`: of its sender. */
  accept(row: number, key: DrawKey, timeMs: number, urgency?: Urgency, gapMs?: number): boolean;
  /** A request that will probably come here continues a context: its KV may begin to be loaded. */
  noteHint?(row: number, timeMs: number): void;
  /** It will not come. */
  forgetHint?(row: number, timeMs: number): void;
  /** Has a request that is in this pool not been given a slot yet? Looks at all that are inside: for rare occasions. */
  isWaiting(row: number): boolean;
  /** What the client of a request does that `accept` refused; undefined: it gives up. */
  readonly retry?: RetrySpec | undefined;
  /** A refused request will be sent again. */
  countRetry?(): void;
  /** Longest context that its model accepts; 0 where there is no model. */
  readonly windowTokens: number;
  /** A request of it was given up by its client: what it holds comes back. */
  cancel(row: number, timeMs: number): void;
  /** Puts the first `tokens` of a context into the cache of a replica, as if it had been used. */
  preload(stream: number, tokens: number, affinityKey: number, timeMs: number): void;
  finish(timeMs: number): PoolRun;
}

/** What pools need of the world around them. */
export interface FleetWorld {
  readonly calendar: EventCalendar;
  readonly grid: TimeGrid;
  readonly store: PrefixCacheStore;
  readonly recorder: RequestRecorder;
  readonly onEngineEnd: OnPoolRequestEnd;
  /** A request that was handed over has ended; `decodePool` is an index. */
  readonly onHandedEnd: (handed: HandedRequest, decodePool: number, timeMs: number) => void;
  readonly onStationEnd: (row: number, timeMs: number) => void;
  /** A request left the queue of a station before its turn. */
  readonly onStationLeft: (row: number, timeMs: number) => void;
}

/** All pools of a scenario, in its order. */
export function buildFleet(scenario: Scenario, world: FleetWorld): FleetPool[] {
  let firstReplica = 0;
  const { horizonMs } = scenario;
  const connected: ConnectedPool[] = [];
  const isEstimated = scenario.placement.some(
    ({ policy, spillAt }) => policy !== undefined || spillAt.waitMs !== undefined,
  );
  const enginePool = (spec: EnginePoolSpec, index: number) => {
    const place = { firstReplica, horizonMs, isEstimated, index };
    const pool = enginePoolOf(spec, place, scenario, world);
    connected.push(pool.connected);
    firstReplica += spec.replicas;
    return pool;
  };
  const pools = scenario.pools.map((spec, index) => {
    const pool =
      spec.kind === 'station'
        ? stationPoolOf(spec, { horizonMs, isEstimated }, world)
        : enginePool(spec, index);
    const { admission } = spec;
    return admission ? admittedPool(pool, admission, world.grid, world.recorder) : pool;
  });
  connectPools(connected, world);
  return pools;
}
