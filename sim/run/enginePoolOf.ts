import { EngineEstimator } from '../fleet/engineEstimator.js';
import { EnginePool } from '../fleet/enginePool.js';
import type { RoutedRequest } from '../fleet/router.js';
import { acceptedTokens } from '../hardware/acceptedTokens.js';
import { iterationCost } from '../hardware/iterationCost.js';
import { planMemory } from '../hardware/memoryPlan.js';
import { invariant } from '../kernel/invariant.js';
import { DrawPurpose } from './drawPurpose.js';
import type { FleetPool, FleetWorld } from './fleetPool.js';
import type { EnginePoolSpec } from './scenario.js';
import { timelineBins } from './timelineBins.js';

/** Builds a pool of engine replicas for a run. */
export function enginePoolOf(
  spec: EnginePoolSpec,
  place: {
    readonly firstReplica: number;
    readonly horizonMs: number;
    readonly isEstimated: boolean;
  },
  world: FleetWorld,
): FleetPool {
  const { calendar, grid, store, recorder, onEngineEnd } = world;
  const { blockTokens } = spec.engine;
  const plan = planMemory(spec.deployment, blockTokens);
  invariant(plan.problem === undefined, `pool ${spec.name} cannot serve: ${plan.problem}`);
  const { binMs, binCount } = timelineBins(place.horizonMs);
  const engine = { ...spec.engine, kvBlocks: plan.kvBlocks };
  const cost = iterationCost(spec.deployment, grid);
  const pool = new EnginePool(
    {
      name: spec.name,
      replicas: spec.replicas,
      firstReplica: place.firstReplica,
      engine,
      cost,
      router: spec.router,
      isEstimated: place.isEstimated,
      timelineBinMs: binMs,
      timelineBins: binCount,
    },
    calendar,
    store,
    onEngineEnd,
  );
  const estimator = new EngineEstimator(pool, engine, cost, spec.usdPerReplicaHour);
  const mostWaiting = spec.maxWaiting * spec.replicas;
  const hasRoom = () => pool.waiting < mostWaiting;
  const windowTokens = acceptedTokens(spec.deployment);
  const needsDraw = spec.router.policy === 'random' || spec.router.policy === 'power-of-two';
  const routed: RoutedRequest = { stream: 0, promptTokens: 0, draw: 0, affinityKey: 0 };
  return {
    name: spec.name,
    serves: spec.serves,
    units: spec.replicas,
    canHold: (promptTokens, outputTokens) => {
      const tokens = promptTokens + outputTokens;
      return tokens <= windowTokens && Math.ceil(tokens / blockTokens) <= plan.sequenceBlocks;
    },
    hasRoom,
    waiting: () => pool.waiting,
    queueTimeMs: (timeMs) => pool.queueTimeMs(timeMs),
    estimate: (stream, promptTokens, outputTokens, timeMs) =>
      estimator.of({ stream, promptTokens, draw: 0, affinityKey: 0 }, outputTokens, timeMs),
    isWaiting: (row) => pool.isWaiting(row),
    accept: (row, key, timeMs) => {
      if (!hasRoom()) {
        pool.rejected++;
        return false;
      }
      routed.stream = recorder.stream[row]!;
      routed.promptTokens = recorder.promptTokens[row]!;
      routed.affinityKey = recorder.affinityKey[row]!;
      if (needsDraw) routed.draw = key.uniform(DrawPurpose.route, recorder.ordinal[row]!);
      pool.accept(row, routed, recorder.outputTokens[row]!, timeMs);
      return true;
    },
    windowTokens,
    cancel: (row, timeMs) => pool.cancel(row, timeMs),
    preload: (stream, tokens, affinityKey, timeMs) =>
      pool.preload({ stream, promptTokens: tokens, draw: 0, affinityKey }, tokens, timeMs),
    finish: (timeMs) => pool.finish(timeMs),
  };
}
