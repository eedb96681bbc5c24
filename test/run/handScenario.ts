import { planMemory } from '../../sim/hardware/memoryPlan.js';
import type { ModelArchitecture } from '../../sim/hardware/modelArchitecture.js';
import type {
  EngineOptions,
  EnginePoolSpec,
  LawSource,
  RequestPopulation,
  Scenario,
  StationPoolSpec,
} from '../../sim/run/scenario.js';
import type { RequestTrace } from '../../sim/workload/requestTrace.js';

/** A scenario small enough to work out by hand: what is not given stays out of the way. */
export function handScenario(
  parts: Partial<Scenario> & Pick<Scenario, 'populations' | 'pools'>,
): Scenario {
  return {
    name: 'by-hand',
    horizonMs: 10_000,
    drain: true,
    warmup: { kind: 'cut', untilMs: 0 },
    gateway: undefined,
    placement: [],
    limits: { maxEvents: 1e9, maxRecords: 1e6 },
    ...parts,
  };
}

/** Requests `[atMs, promptTokens, outputTokens]` of a population that asks for the role `chat`. */
export function scripted(
  name: string,
  requests: readonly (readonly [number, number, number])[],
  changes: Partial<RequestPopulation> = {},
): RequestPopulation {
  return {
    name,
    interactive: true,
    role: 'chat',
    source: { kind: 'replay', trace: traceOf(requests), rateFactor: 1, copies: 1 },
    networkMs: { kind: 'constant', value: 0 },
    ...changes,
  };
}

/** Requests of one token each way, arriving by a process, for a station that serves `chat`. */
export function jobs(name: string, source: Partial<LawSource>): RequestPopulation {
  return scripted(name, [], {
    source: {
      kind: 'laws',
      arrivals: { kind: 'poisson', ratePerMs: 0.001 },
      batch: 1,
      promptTokens: { kind: 'constant', value: 1 },
      outputTokens: { kind: 'constant', value: 1 },
      sharedPrefix: undefined,
      ...source,
    },
  });
}

/** A trace of requests `[atMs, promptTokens, outputTokens]`. Its arrivals count from 0, as they are given. */
export function traceOf(requests: readonly (readonly [number, number, number])[]): RequestTrace {
  return {
    name: 'by-hand',
    count: requests.length,
    arrivalMs: Float64Array.from(requests, ([atMs]) => atMs),
    promptTokens: Int32Array.from(requests, ([, prompt]) => prompt),
    outputTokens: Int32Array.from(requests, ([, , output]) => output),
    blockHashes: undefined,
  };
}

/** One server with endless patience that takes a second per request. */
export function station(name: string, changes: Partial<StationPoolSpec> = {}): StationPoolSpec {
  return {
    kind: 'station',
    name,
    serves: ['chat'],
    discipline: 'fcfs',
    servers: 1,
    serviceMs: { kind: 'constant', value: 1000 },
    maxWaiting: Number.POSITIVE_INFINITY,
    usdPerServerHour: undefined,
    ...changes,
  };
}

/** What a pool of `flatPool` sets apart from the pool's own fields. */
export interface FlatEngine extends Partial<EngineOptions> {
  /** Every iteration lasts so long, whatever is in the batch. */
  readonly iterationMs?: number;
  readonly kvBlocks?: number;
}

/** One replica whose iterations all last a second: a machine with endless rates, and 100 KV blocks of 16 tokens. */
export function flatPool(
  name: string,
  { iterationMs = 1000, kvBlocks = 100, ...options }: FlatEngine = {},
  changes: Partial<EnginePoolSpec> = {},
): EnginePoolSpec {
  const engine: EngineOptions = {
    asyncScheduling: true,
    wholeSequenceAdmission: true,
    prefixCache: true,
    blockTokens: 16,
    maxSequences: 8,
    maxBatchTokens: 64,
    ...options,
  };
  const deployment = { ...flatDeployment(iterationMs), ...changes.deployment };
  const { weightBytes, kvBytesPerToken } = planMemory(deployment, engine.blockTokens);
  const memoryBytes = weightBytes + kvBlocks * engine.blockTokens * kvBytesPerToken;
  return {
    kind: 'engine',
    name,
    serves: ['chat'],
    replicas: 1,
    engine,
    router: { policy: 'least-requests', slack: 0 },
    maxWaiting: Number.POSITIVE_INFINITY,
    usdPerReplicaHour: undefined,
    ...changes,
    deployment: { ...deployment, accelerator: { ...deployment.accelerator, memoryBytes } },
  };
}

/** 32 bytes of KV per token. */
const tinyModel: ModelArchitecture = {
  name: 'tiny',
  layers: 1,
  hiddenSize: 8,
  attention: { kind: 'grouped', heads: 1, kvHeads: 1, headSize: 8 },
  slidingWindow: undefined,
  feedForwardSize: 8,
  experts: undefined,
  vocabulary: 10,
  tiedEmbeddings: false,
  contextWindow: 1_000_000,
  publishedParameters: undefined,
  nativePrecision: 'bf16',
  weightFormats: {},
};

const endless = 1e30;

function flatDeployment(iterationMs: number): EnginePoolSpec['deployment'] {
  return {
    accelerator: {
      name: 'flat-machine',
      memoryBytes: endless,
      reservedBytes: 0,
      memoryBytesPerSec: endless,
      peakFlops: { bf16: endless },
      scaleUp: undefined,
      hostBytesPerSec: undefined,
      scaleOutBytesPerSec: undefined,
      power: { idleWatts: 0, busyWatts: 0 },
      cost: {
        kind: 'pipeline',
        layerMs: { dense: iterationMs, experts: iterationMs },
        byModel: {},
        hopMs: 0,
        tokensPerStage: 1e9,
        kvEfficiency: 1,
        attentionEfficiency: 1,
        prefillEfficiency: 1,
      },
      calibration: { kind: 'estimate', band: 0, because: 'made by hand' },
    },
    model: tinyModel,
    tensorParallel: 1,
    weightPrecision: 'bf16',
    kvPrecision: 'bf16',
    memoryShare: 1,
    graphSizes: [],
  };
}
