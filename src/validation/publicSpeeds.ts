import type { Precision } from '../../sim/hardware/deployment.js';
import type { EngineOptions } from '../../sim/run/scenario.js';
import type { MeasuredLoad } from '../calibrate/measuredLoad.js';
import { usualEngine } from '../calibrate/measuredScenario.js';

/** A published speed of a model on a machine that is no GPU. */
export interface PublicSpeed {
  readonly profile: string;
  /** Models whose times have one scale: a class of model, or a latency. Left out is one of them at a time. */
  readonly group: string;
  readonly model: string;
  /** How it was measured, in a few words. */
  readonly what: string;
  /** As published: tokens per second of one user, or per chip of all, or ms. */
  readonly published: number;
  readonly metric: 'tokens/s' | 'tokens/s per chip' | 'ttft, ms' | 'tpot, ms';
  /** Undefined: as few accelerators as hold the weights. */
  readonly accelerators?: number;
  readonly weights: Precision;
  readonly kv?: Precision;
  readonly expertParallel?: boolean;
  readonly engine: EngineOptions;
  readonly load: MeasuredLoad;
  /** A claim of the vendor, or an old reading: compared, but in nobody's scale. */
  readonly isAside?: boolean;
}

/** One user; prompts of public speed tests are short, and answers long enough for the tokens to count. */
const alone = (promptTokens: number): MeasuredLoad => ({
  kind: 'closed',
  concurrency: 1,
  promptTokens,
  outputTokens: 200,
  shortest: 1,
});
const single = { metric: 'tokens/s', engine: usualEngine } as const;
const wafer = { profile: 'wse-3', ...single } as const;
const lpu = { profile: 'groq-lpu', ...single } as const;

const trainium = {
  profile: 'trainium2',
  accelerators: 16,
  weights: 'bf16',
  engine: { ...usualEngine, maxBatchTokens: 16_384 },
  load: { ...alone(10_000), outputTokens: 1500 } as MeasuredLoad,
} as const;

const tpu = {
  profile: 'tpu-v7',
  group: 'saturated',
  metric: 'tokens/s per chip',
  weights: 'fp8',
  kv: 'fp8',
} as const;

/** `count` requests at once. */
const queued = (count: number, promptTokens: number, outputTokens: number): MeasuredLoad => ({
  kind: 'recorded',
  sentMs: new Float64Array(count),
  promptTokens: new Int32Array(count).fill(promptTokens),
  outputTokens: new Int32Array(count).fill(outputTokens),
});

const qwen = {
  ...tpu,
  model: 'qwen3-32b',
  accelerators: 1,
  engine: { ...usualEngine, maxSequences: 135 },
} as const;
const coder = {
  ...tpu,
  model: 'qwen3-coder-480b-a35b',
  accelerators: 4,
  expertParallel: true,
  engine: usualEngine,
} as const;

export const publicSpeeds: readonly PublicSpeed[] = [
  {
    ...wafer,
    group: 'dense',
    model: 'llama-3.1-405b',
    what: 'Artificial Analysis, 2024-11',
    published: 969,
    weights: 'bf16',
    load: alone(10_000),
  },
  {
    ...wafer,
    group: 'dense',
    model: 'llama-3.1-70b',
    what: 'Llama 3.3, Artificial Analysis, 2026',
    published: 2314,
    weights: 'bf16',
    load: alone(1000),
  },
  {
    ...wafer,
    group: 'dense',
    model: 'llama-3.1-8b',
    what: 'Artificial Analysis, 2024-09',
    published: 1837,
    weights: 'bf16',
    load: alone(1000),
  },
  {
    ...wafer,
    group: 'dense',
    model: 'llama-3.1-70b',
    what: 'Artificial Analysis, 2024-09, before speculation',
    published: 445,
    weights: 'bf16',
    load: alone(1000),
    isAside: true,
  },
  {
    ...wafer,
    group: 'experts',
    model: 'kimi-k2.6',
    what: 'Artificial Analysis, 2026-05',
    published: 981,
    accelerators: 18,
    weights: 'int4',
    load: alone(10_000),
  },
  {
    ...wafer,
    group: 'experts',
    model: 'glm-4.7',
    what: 'Artificial Analysis, 2026',
    published: 1201,
    accelerators: 17,
    weights: 'fp8',
    load: alone(10_000),
  },
  {
    ...wafer,
    group: 'experts',
    model: 'gpt-oss-120b',
    what: 'Artificial Analysis, 2026-06, middle of three',
    published: 1844,
    accelerators: 3,
    weights: 'fp4',
    load: alone(10_000),
  },
  {
    ...wafer,
    group: 'experts',
    model: 'qwen3-235b-a22b',
    what: 'claim of the vendor, 2026-05',
    published: 1400,
    weights: 'fp8',
    load: alone(1000),
    isAside: true,
  },
  {
    ...lpu,
    group: 'dense',
    model: 'llama-3.1-8b',
    what: 'middle of 750 and 780',
    published: 765,
    accelerators: 64,
    weights: 'int8',
    load: alone(1000),
  },
  {
    ...lpu,
    group: 'dense',
    model: 'llama-3.1-70b',
    what: 'Llama 3.3, middle of 280 and 330',
    published: 305,
    accelerators: 576,
    weights: 'int8',
    load: alone(1000),
  },
  {
    ...lpu,
    group: 'dense',
    model: 'llama-3.1-70b',
    what: 'Artificial Analysis, 2024-09',
    published: 250,
    accelerators: 576,
    weights: 'int8',
    load: alone(1000),
    isAside: true,
  },
  {
    ...lpu,
    group: 'experts',
    model: 'gpt-oss-120b',
    what: 'Artificial Analysis, by others',
    published: 476,
    accelerators: 576,
    weights: 'fp4',
    load: alone(1000),
  },
  ...(['ttft, ms', 'tpot, ms'] as const).flatMap((metric): PublicSpeed[] => {
    const at = metric === 'ttft, ms' ? [575.7, 2442] : [19.83, 37.93];
    const shared = {
      ...trainium,
      metric,
      group: metric === 'ttft, ms' ? 'first token' : 'later tokens',
      what: 'AWS, 10k in, one client',
    };
    return [
      { ...shared, model: 'llama-3.1-70b', published: at[0]! },
      { ...shared, model: 'llama-3.1-405b', published: at[1]! },
    ];
  }),
  { ...qwen, what: '320 queued, 1k in, 1k out', published: 6556.7, load: queued(320, 1024, 1024) },
  { ...qwen, what: '320 queued, 1k in, 8k out', published: 3959.6, load: queued(320, 1024, 8192) },
  { ...qwen, what: '320 queued, 8k in, 1k out', published: 1382.2, load: queued(320, 8192, 1024) },
  {
    ...coder,
    what: '64 clients, 1k in, 1k out',
    published: 499,
    load: {
      kind: 'closed',
      concurrency: 64,
      promptTokens: 1024,
      outputTokens: 1024,
      shortest: 1,
    },
  },
  {
    ...coder,
    what: '64 clients, 8k in, 1k out',
    published: 263.3,
    load: {
      kind: 'closed',
      concurrency: 64,
      promptTokens: 8192,
      outputTokens: 1024,
      shortest: 1,
    },
  },
];
