import type { PlacementRule } from '../../sim/fleet/placementRule.js';
import { placementPolicies } from '../../sim/fleet/placementRule.js';
import type { RouterSpec } from '../../sim/fleet/routerSpec.js';
import { routerPolicies } from '../../sim/fleet/routerSpec.js';
import type { Law } from '../../sim/laws/law.js';
import type {
  AdmissionSpec,
  GatewaySpec,
  LawSource,
  PoolSpec,
  ReplaySource,
  RequestPopulation,
  Scenario,
} from '../../sim/run/scenario.js';
import type { ArrivalProcess } from '../../sim/workload/arrivalProcess.js';
import { Dice } from '../engine/dice.js';
import { flatPool, handScenario, station, traceOf } from '../run/handScenario.js';
import { randomCostParameters } from './randomCostParameters.js';

/** What to leave out of a random scenario where a relation holds only without it. */
export interface ScenarioLimits {
  /** Prefixes that requests share, and traces. */
  readonly onlyOwnContexts?: boolean;
  readonly drain?: boolean;
  /** Placement by what a population declares: a trace of it declares something else. */
  readonly noPolicies?: boolean;
}

const roles = ['chat', 'code', 'work'] as const;

/**
 * A small world that a seed determines: up to three populations and pools of any kind, under any load
 * from idle to hopeless, with memories from ample to too small.
 */
export function randomScenario(seed: number, limits: ScenarioLimits = {}): Scenario {
  const dice = new Dice(seed);
  const pools = Array.from({ length: dice.int(1, 3) }, (_, index) =>
    randomPool(dice, `pool-${index}`),
  );
  const served = [...new Set(pools.flatMap((pool) => pool.serves))];
  const populations = Array.from({ length: dice.int(1, 3) }, (_, index) =>
    randomPopulation(dice, `people-${index}`, dice.pick(served), limits),
  );
  return handScenario({
    name: `random-${seed}`,
    horizonMs: dice.spread(4000, 4),
    drain: limits.drain ?? dice.chance(0.6),
    populations,
    pools,
    gateway: dice.chance(0.4) ? randomGateway(dice) : undefined,
    placement: Array.from({ length: dice.int(0, 2) }, () => randomRule(dice, pools, limits)),
  });
}

function randomPopulation(
  dice: Dice,
  name: string,
  role: string,
  { onlyOwnContexts = false }: ScenarioLimits,
): RequestPopulation {
  const isTrace = !onlyOwnContexts && dice.chance(0.3);
  return {
    name,
    interactive: dice.chance(0.5),
    role,
    source: isTrace ? randomTrace(dice) : randomLaws(dice, onlyOwnContexts),
    networkMs: dice.chance(0.5) ? { kind: 'constant', value: 0 } : delay(dice, 20),
  };
}

function randomLaws(dice: Dice, onlyOwnContexts: boolean): LawSource {
  const sharesPrefix = !onlyOwnContexts && dice.chance(0.5);
  const sharedPrefix = { id: dice.pick(['system', 'tools']), tokens: dice.int(10, 120) };
  return {
    kind: 'laws',
    arrivals: randomArrivals(dice),
    batch: dice.chance(0.8) ? 1 : dice.int(2, 6),
    promptTokens: lengths(dice, dice.int(5, 150)),
    outputTokens: lengths(dice, dice.int(1, 40)),
    sharedPrefix: sharesPrefix ? sharedPrefix : undefined,
  };
}

function randomArrivals(dice: Dice): ArrivalProcess {
  const ratePerMs = dice.spread(0.0005, 5);
  return dice.pick<ArrivalProcess>([
    { kind: 'poisson', ratePerMs },
    { kind: 'constant', ratePerMs },
    { kind: 'gamma', ratePerMs, cv: 3 },
    {
      kind: 'piecewise',
      steps: [
        { fromMs: 0, ratePerMs },
        { fromMs: 3000, ratePerMs: 4 * ratePerMs },
        { fromMs: 5000, ratePerMs: 0 },
      ],
    },
  ]);
}

function lengths(dice: Dice, typical: number): Law {
  return dice.pick<Law>([
    { kind: 'constant', value: typical },
    { kind: 'uniform', min: 1, max: 2 * typical },
    { kind: 'lognormal', median: typical, sigma: 0.8 },
  ]);
}

function delay(dice: Dice, typicalMs: number): Law {
  return dice.pick<Law>([
    { kind: 'constant', value: typicalMs },
    { kind: 'exponential', mean: typicalMs },
    { kind: 'uniform', min: 0, max: 2 * typicalMs },
  ]);
}

/** Sessions whose prompts grow, and start over now and then; blocks of 16 tokens are hashed. */
function randomTrace(dice: Dice): ReplaySource {
  const requests: [number, number, number][] = [];
  const ids: number[] = [];
  const offsets = [0];
  let prompt: number[] = [];
  let nextId = 1;
  let atMs = 0;
  for (let i = dice.int(2, 40); i > 0; i--) {
    if (dice.chance(0.3)) prompt = prompt.slice(0, dice.int(0, prompt.length));
    for (let added = dice.int(1, 3); added > 0; added--) prompt = [...prompt, nextId++];
    requests.push([atMs, 16 * prompt.length - dice.int(0, 15), dice.int(1, 40)]);
    ids.push(...prompt);
    offsets.push(ids.length);
    atMs += dice.chance(0.2) ? 0 : dice.int(1, 400);
  }
  const blockHashes = {
    blockTokens: 16,
    ids: Int32Array.from(ids),
    offsets: Int32Array.from(offsets),
  };
  return {
    kind: 'replay',
    trace: { ...traceOf(requests), blockHashes },
    rateFactor: dice.pick([0.5, 1, 3]),
    copies: dice.int(1, 3),
  };
}

function randomPool(dice: Dice, name: string): PoolSpec {
  const serves = roles.filter(() => dice.chance(0.6));
  if (serves.length === 0) serves.push(dice.pick(roles));
  const maxWaiting = dice.chance(0.7) ? Number.POSITIVE_INFINITY : dice.int(1, 6);
  const admission = dice.chance(0.3) ? { admission: randomAdmission(dice) } : {};
  if (dice.chance(0.25)) {
    const serviceMs = delay(dice, dice.int(10, 400));
    const setUpMs = dice.chance(0.3) ? delay(dice, dice.int(0, 600)) : undefined;
    const patienceMs = dice.chance(0.3) ? delay(dice, dice.int(0, 900)) : undefined;
    return station(name, {
      serves,
      servers: dice.int(1, 5),
      serviceMs,
      maxWaiting,
      ...(setUpMs && { setUpMs }),
      ...(patienceMs && { patienceMs }),
      ...admission,
    });
  }
  const maxSequences = dice.int(1, 24);
  const engine = {
    asyncScheduling: dice.chance(0.5),
    wholeSequenceAdmission: dice.chance(0.5),
    prefixCache: dice.chance(0.8),
    blockTokens: dice.pick([4, 16, 64]),
    maxSequences,
    maxBatchTokens: maxSequences + dice.int(0, 200),
    kvBlocks: dice.int(10, 120),
  };
  return flatPool(name, engine, {
    serves,
    replicas: dice.int(1, 4),
    router: randomRouter(dice),
    maxWaiting,
    ...admission,
    deployment: randomCostParameters(dice),
  });
}

function randomAdmission(dice: Dice): AdmissionSpec {
  const counts = dice.pick(['requests', 'tokens'] as const);
  const scale = counts === 'requests' ? 1 : 100;
  const rate = { counts, perMs: scale * dice.spread(0.001, 10), burst: scale * dice.int(1, 8) };
  const retry = {
    afterMs: dice.int(1, 500),
    jitter: dice.chance(0.5) ? 0 : 0.5,
    attempts: dice.int(1, 6),
  };
  return {
    ...(dice.chance(0.6) && { rate }),
    ...(dice.chance(0.4) && { maxQueueTokens: dice.int(1, 400) }),
    ...(dice.chance(0.7) && { retry }),
  };
}

function randomRouter(dice: Dice): RouterSpec {
  const policy = dice.pick(routerPolicies);
  const weight = () => (dice.chance(0.5) ? 0 : dice.int(1, 5));
  const weights = {
    prefix: dice.int(1, 5),
    requests: weight(),
    queue: weight(),
    kv: weight(),
    tokens: weight(),
    session: weight(),
  };
  return {
    policy,
    slack: dice.int(0, 4),
    ...(dice.chance(0.3) && { ties: 'rotate' as const }),
    ...(dice.chance(0.2) && { stalenessMs: dice.int(1, 500) }),
    ...(dice.chance(0.3) && { indexTokens: dice.int(100, 5000) }),
    ...(policy === 'weighted' && { weights }),
  };
}

function randomGateway(dice: Dice): GatewaySpec {
  return {
    name: 'gateway',
    servers: dice.chance(0.3) ? Number.POSITIVE_INFINITY : dice.int(1, 3),
    serviceMs: delay(dice, dice.int(1, 100)),
    perThousandTokensMs: dice.int(0, 30),
    overheadMs: dice.chance(0.5) ? { kind: 'constant', value: 0 } : delay(dice, 10),
    maxWaiting: dice.chance(0.6) ? Number.POSITIVE_INFINITY : dice.int(0, 5),
    usdPerHour: undefined,
  };
}

function randomRule(
  dice: Dice,
  pools: readonly PoolSpec[],
  { noPolicies = false }: ScenarioLimits,
): PlacementRule {
  const names = pools.map(({ name }) => name);
  const prefer = dice.chance(0.5) ? names : [...names].reverse();
  const policy = !noPolicies && dice.chance(0.3) ? dice.pick(placementPolicies) : undefined;
  return {
    when: {
      ...(dice.chance(0.3) && { interactive: dice.chance(0.5) }),
      ...(dice.chance(0.3) && { role: dice.pick(roles) }),
      ...(dice.chance(0.3) && { contextTokens: { min: 0, max: dice.int(20, 200) } }),
    },
    prefer: policy && dice.chance(0.5) ? [] : prefer,
    ...(policy && { policy, targetMs: dice.int(50, 5000) }),
    spillAt: {
      ...(dice.chance(0.4) && { waiting: dice.int(1, 4) }),
      ...(dice.chance(0.4) && { queueTimeMs: dice.int(50, 1000) }),
      ...(dice.chance(0.3) && { waitMs: dice.int(50, 1000) }),
    },
  };
}
