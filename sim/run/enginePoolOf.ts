import { EngineEstimator } from '../fleet/engineEstimator.js';
import { EnginePool } from '../fleet/enginePool.js';
import type { KvPrefetches } from '../fleet/kvPrefetches.js';
import type { RoutedRequest } from '../fleet/router.js';
import type { TieringOptions } from '../fleet/tierOptions.js';
import { acceptedTokens } from '../hardware/acceptedTokens.js';
import { planMemory } from '../hardware/memoryPlan.js';
import { invariant } from '../kernel/invariant.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { ConnectedPool } from './connectPools.js';
import { DrawPurpose } from './drawPurpose.js';
import { engineCost } from './engineCost.js';
import type { FleetPool, FleetWorld } from './fleetPool.js';
import type { RequestRecorder } from './requestRecorder.js';
import type { EnginePoolSpec, Scenario } from './scenario.js';
import { timelineBins } from './timelineBins.js';

const twoTo32 = 4294967296;

/** Builds a pool of engine replicas for a run. */
export function enginePoolOf(
  spec: EnginePoolSpec,
  place: {
    readonly firstReplica: number;
    readonly horizonMs: number;
    readonly isEstimated: boolean;
    /** Of the pool in the scenario. */
    readonly index: number;
  },
  scenario: Pick<Scenario, 'pools'>,
  world: FleetWorld,
): FleetPool & { readonly connected: ConnectedPool } {
  const { calendar, grid, store, recorder, onEngineEnd } = world;
  const { blockTokens, speculation, ttlMs, overGaps } = spec.engine;
  const plan = planMemory(spec.deployment, blockTokens);
  invariant(plan.problem === undefined, `pool ${spec.name} cannot serve: ${plan.problem}`);
  if (spec.tiering) recorder.loadsKv = true;
  const { binMs, binCount } = timelineBins(place.horizonMs);
  const engine = {
    ...spec.engine,
    ...(ttlMs === undefined ? {} : { ttlMs: grid.round(ttlMs) }),
    ...(overGaps?.kind === 'pin'
      ? { overGaps: { ...overGaps, forMs: grid.round(overGaps.forMs) } }
      : {}),
    kvBlocks: plan.kvBlocks,
    ...(spec.decodeOnly === true ? { decodeOnly: true } : {}),
  };
  const cost = engineCost(spec, grid);
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
      ...(spec.tiering && { tiering: onGrid(spec.tiering, grid) }),
    },
    calendar,
    store,
    (table, sequence, timeMs, replica) => {
      if (connected.out?.endPrefill(table, sequence, timeMs)) return;
      if (connected.in.some((handOver) => handOver.endDecode(table, sequence, timeMs))) return;
      onEngineEnd(table, sequence, timeMs, replica);
    },
  );
  const connected: ConnectedPool = {
    spec,
    index: place.index,
    pool,
    out: undefined,
    in: [],
    links: undefined,
    linkUse: undefined,
    rePrefills: [],
  };
  const { handOver } = spec;
  const holds = contextLimit(spec);
  const target = scenario.pools.find(({ name }) => name === handOver?.to);
  const decodeHolds = target?.kind === 'engine' ? contextLimit(target) : () => true;
  const isDrafting =
    speculation !== undefined ||
    (target?.kind === 'engine' && target.engine.speculation !== undefined);
  const isTarget = scenario.pools.some(
    (other) => other.kind === 'engine' && other.handOver?.to === spec.name,
  );
  const estimator = new EngineEstimator(pool, engine, cost, spec.usdPerReplicaHour);
  // Every request waits for a batch to be formed: where nobody may wait, one that comes first is still let in.
  const mostWaiting = Math.max(1, spec.maxWaiting * spec.replicas);
  const hasRoom = () => pool.waiting < mostWaiting;
  const windowTokens = acceptedTokens(spec.deployment);
  const needsDraw = spec.router.policy === 'random' || spec.router.policy === 'power-of-two';
  const routed: RoutedRequest = { stream: 0, promptTokens: 0, draw: 0, affinityKey: 0 };
  return {
    name: spec.name,
    // What a pool gets by hand-over alone is not placed in it.
    serves: isTarget ? [] : spec.serves,
    units: spec.replicas,
    canHold: (promptTokens, outputTokens) => {
      const tokens = promptTokens + outputTokens;
      return holds(tokens) && decodeHolds(tokens);
    },
    hasRoom,
    waiting: () => pool.waiting,
    queueTimeMs: (timeMs) => pool.queueTimeMs(timeMs),
    estimate: (stream, promptTokens, outputTokens, timeMs) =>
      estimator.of({ stream, promptTokens, draw: 0, affinityKey: 0 }, outputTokens, timeMs),
    isWaiting: (row) => pool.isWaiting(row),
    accept: (row, key, timeMs, urgency, gapMs) => {
      if (!hasRoom()) {
        pool.rejected++;
        return false;
      }
      routed.stream = recorder.stream[row]!;
      routed.promptTokens = recorder.promptTokens[row]!;
      routed.affinityKey = recorder.affinityKey[row]!;
      if (needsDraw) routed.draw = key.uniform(DrawPurpose.route, recorder.ordinal[row]!);
      const seed = isDrafting
        ? key.uniform(DrawPurpose.draftAcceptance, recorder.ordinal[row]!) * twoTo32
        : 0;
      const outputTokens = recorder.outputTokens[row]!;
      const isHanded =
        handOver !== undefined &&
        connected.out!.decodeQueueTimeMs(timeMs) < handOver.spillAtQueueTimeMs;
      if (isHanded) connected.out!.accept(row, routed, outputTokens, timeMs, urgency, seed);
      else pool.accept(row, routed, outputTokens, timeMs, urgency, seed, gapMs);
      return true;
    },
    ...(pool.loads?.prefetches && hintsFor(pool.loads.prefetches, recorder)),
    windowTokens,
    cancel: (row, timeMs) => {
      if (connected.out?.cancel(row, timeMs) !== true) pool.cancel(row, timeMs);
    },
    preload: (stream, tokens, affinityKey, timeMs) =>
      pool.preload({ stream, promptTokens: tokens, draw: 0, affinityKey }, tokens, timeMs),
    finish: (timeMs) => {
      const kvLinks = connected.linkUse?.(timeMs);
      const { rePrefills } = connected;
      return {
        ...pool.finish(timeMs),
        ...(kvLinks && { kvLinks }),
        ...(rePrefills.length > 0 && { rePrefills }),
      };
    },
    connected,
  };
}

/** Of a pool that loads contexts before their calls come. */
function hintsFor(
  prefetches: KvPrefetches,
  recorder: RequestRecorder,
): Pick<FleetPool, 'noteHint' | 'forgetHint'> {
  return {
    noteHint: (row, timeMs) => {
      const routed = {
        stream: recorder.stream[row]!,
        promptTokens: recorder.promptTokens[row]!,
        affinityKey: recorder.affinityKey[row]!,
        draw: 0,
      };
      prefetches.begin(row, routed, timeMs);
    },
    forgetHint: (row, timeMs) => prefetches.forget(row, timeMs),
  };
}

function onGrid(tiering: TieringOptions, grid: TimeGrid): TieringOptions & { grid: TimeGrid } {
  const tiers = tiering.tiers.map((tier) => ({ ...tier, latencyMs: grid.round(tier.latencyMs) }));
  return { ...tiering, tiers, grid };
}

/** Can a context of so many tokens ever fit a replica? */
function contextLimit({ deployment, engine }: EnginePoolSpec): (tokens: number) => boolean {
  const { sequenceBlocks } = planMemory(deployment, engine.blockTokens);
  const draftTokens = engine.speculation?.draftTokens ?? 0;
  const windowTokens = acceptedTokens(deployment);
  return (tokens) =>
    tokens <= windowTokens &&
    Math.ceil((tokens + draftTokens) / engine.blockTokens) <= sequenceBlocks;
}
