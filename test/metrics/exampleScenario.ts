import type { EnginePoolSpec, Scenario } from '../../sim/run/scenario.js';

/** A chip of round numbers: 1 TFLOPS, 1 TB/s. */
export const examplePoolSpec: EnginePoolSpec = {
  kind: 'engine',
  name: 'gpu',
  serves: ['chat'],
  replicas: 1,
  deployment: {
    accelerator: {
      name: 'round-chip',
      memoryBytes: 80e9,
      reservedBytes: 0,
      memoryBytesPerSec: 1e12,
      peakFlops: { bf16: 1e12 },
      scaleUp: { domain: 1, bytesPerSec: 1e9, latencyMs: 0.01, allReduce: [] },
      hostBytesPerSec: undefined,
      scaleOutBytesPerSec: undefined,
      power: { idleWatts: 100, busyWatts: 500 },
      cost: {
        kind: 'roofline',
        efficiency: {
          bf16: { matmul: 1, weights: 1, kv: 1, attention: 1, perLayerMs: 0 },
        },
        experts: { matmulShare: 1, perLayerMs: 0, paddingTokens: 0 },
        perSequenceMs: 0,
        unfused: { perLayerMs: 0, activationTraffic: 0 },
        host: { perIterationMs: 0, perRowMs: 0, syncMs: 0 },
      },
      calibration: { kind: 'estimate', band: 0.3, because: 'an example' },
    },
    model: {
      name: 'tiny',
      layers: 1,
      hiddenSize: 8,
      attention: { kind: 'grouped', heads: 1, kvHeads: 1, headSize: 8 },
      slidingWindow: undefined,
      feedForwardSize: 8,
      experts: undefined,
      vocabulary: 10,
      tiedEmbeddings: false,
      contextWindow: 1000,
      publishedParameters: undefined,
      nativePrecision: 'bf16',
      weightFormats: {},
    },
    tensorParallel: 1,
    weightPrecision: 'bf16',
    kvPrecision: 'bf16',
    memoryShare: 0.9,
    graphSizes: [],
  },
  engine: {
    asyncScheduling: true,
    wholeSequenceAdmission: true,
    prefixCache: true,
    blockTokens: 16,
    maxSequences: 256,
    maxBatchTokens: 8192,
  },
  router: { policy: 'round-robin', slack: 0 },
  maxWaiting: Number.POSITIVE_INFINITY,
  usdPerReplicaHour: 3.6,
};

/** Ten seconds of one population on one replica; nothing is cut as warm-up. */
export const exampleScenario: Scenario = {
  name: 'example',
  horizonMs: 10_000,
  drain: true,
  warmup: { kind: 'cut', untilMs: 0 },
  populations: [
    {
      name: 'chat',
      interactive: true,
      role: 'chat',
      source: {
        kind: 'laws',
        arrivals: { kind: 'poisson', ratePerMs: 0.01 },
        batch: 1,
        promptTokens: { kind: 'constant', value: 100 },
        outputTokens: { kind: 'constant', value: 11 },
        sharedPrefix: undefined,
      },
      networkMs: { kind: 'constant', value: 0 },
    },
  ],
  gateway: undefined,
  pools: [examplePoolSpec],
  placement: [],
  limits: { maxEvents: 1e6, maxRecords: 1e6 },
};
