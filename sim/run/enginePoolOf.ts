import { EnginePool } from '../fleet/enginePool.js';
import type { RoutedRequest } from '../fleet/router.js';
import type { TieringOptions } from '../fleet/tierOptions.js';
import { acceptedTokens } from '../hardware/acceptedTokens.js';
import { iterationCost } from '../hardware/iterationCost.js';
import { planMemory } from '../hardware/memoryPlan.js';
import { invariant } from '../kernel/invariant.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import { DrawPurpose } from './drawPurpose.js';
import type { FleetPool, FleetWorld } from './fleetPool.js';
import type { EnginePoolSpec } from './scenario.js';
import { timelineBins } from './timelineBins.js';

/** Builds a pool of engine replicas for a run. */
export function enginePoolOf(
  spec: EnginePoolSpec,
  place: { readonly firstReplica: number; readonly horizonMs: number },
  world: FleetWorld,
): FleetPool {
  const { calendar, grid, store, recorder, onEngineEnd } = world;
  const { blockTokens, ttlMs } = spec.engine;
  const plan = planMemory(spec.deployment, blockTokens);
  invariant(plan.problem === undefined, `pool ${spec.name} cannot serve: ${plan.problem}`);
  if (spec.tiering) recorder.loadsKv = true;
  const { binMs, binCount } = timelineBins(place.horizonMs);
  const pool = new EnginePool(
    {
      name: spec.name,
      replicas: spec.replicas,
      firstReplica: place.firstReplica,
      engine: {
        ...spec.engine,
        ...(ttlMs === undefined ? {} : { ttlMs: grid.round(ttlMs) }),
        kvBlocks: plan.kvBlocks,
      },
      cost: iterationCost(spec.deployment, grid),
      router: spec.router,
      timelineBinMs: binMs,
      timelineBins: binCount,
      ...(spec.tiering && { tiering: onGrid(spec.tiering, grid) }),
    },
    calendar,
    store,
    onEngineEnd,
  );
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

function onGrid(tiering: TieringOptions, grid: TimeGrid): TieringOptions & { grid: TimeGrid } {
  const tiers = tiering.tiers.map((tier) => ({ ...tier, latencyMs: grid.round(tier.latencyMs) }));
  return { ...tiering, tiers, grid };
}
