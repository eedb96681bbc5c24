import type { ClosedLoop } from '../calibrate/measuredLoad.js';
import { usualEngine } from '../calibrate/measuredScenario.js';
import { deploymentOn, openAccelerator } from '../calibrate/profileParts.js';
import { simulateLoad } from '../calibrate/simulateLoad.js';

/** A published figure of a whole system, and what the simulator says. */
export interface ValidationCase {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly measured: number;
  readonly simulated: number;
}

const closed = (load: Omit<ClosedLoop, 'kind'>): ClosedLoop => ({ kind: 'closed', ...load });
const mean = (values: Float64Array) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Cases V1 to V5 and V7 of the public figures; V6 and V8 are told in words. */
export function validationCases(): ValidationCase[] {
  return [...gptOss(), ...llamaOnTwo(), ...saturated(), ...trainium()];
}

function gptOss(): ValidationCase[] {
  const deployment = deploymentOn(openAccelerator('h200-sxm'), 'gpt-oss-120b');
  const at = (concurrency: number) =>
    simulateLoad({
      deployment,
      engine: { ...usualEngine, prefixCache: false },
      load: closed({ concurrency, promptTokens: 8000, outputTokens: 1004, shortest: 0.8 }),
    });
  const [one, many] = [at(1), at(64)];
  const what = '1 H200, gpt-oss-120b MXFP4, vLLM 0.22, 7.2k in, 0.9k out';
  return [
    {
      id: 'V1',
      what: `${what}, 1 client: TTFT`,
      unit: 'ms',
      measured: 342.9,
      simulated: mean(one.ttftMs),
    },
    {
      id: 'V1',
      what: `${what}, 1 client: TPOT`,
      unit: 'ms',
      measured: 4.31,
      simulated: mean(one.tpotMs),
    },
    {
      id: 'V2',
      what: `${what}, 64 clients: TTFT`,
      unit: 'ms',
      measured: 717.8,
      simulated: mean(many.ttftMs),
    },
    {
      id: 'V2',
      what: `${what}, 64 clients: TPOT`,
      unit: 'ms',
      measured: 42.88,
      simulated: mean(many.tpotMs),
    },
  ];
}

function llamaOnTwo(): ValidationCase[] {
  const deployment = deploymentOn(openAccelerator('h100-sxm'), 'llama-3.1-70b', {
    tensorParallel: 2,
    weightPrecision: 'fp8',
  });
  const at = (concurrency: number) =>
    simulateLoad({
      deployment,
      engine: usualEngine,
      load: closed({ concurrency, promptTokens: 5000, outputTokens: 500, shortest: 1 }),
    });
  const [one, many] = [at(1), at(25)];
  const what = '2 H100, Llama-3.3-70B FP8, NIM 1.8, 5k in, 500 out';
  return [
    {
      id: 'V3',
      what: `${what}, 1 client: TTFT`,
      unit: 'ms',
      measured: 406.77,
      simulated: mean(one.ttftMs),
    },
    {
      id: 'V3',
      what: `${what}, 1 client: TPOT`,
      unit: 'ms',
      measured: 18.58,
      simulated: mean(one.tpotMs),
    },
    {
      id: 'V3',
      what: `${what}, 25 clients: TTFT`,
      unit: 'ms',
      measured: 688.69,
      simulated: mean(many.ttftMs),
    },
    {
      id: 'V3',
      what: `${what}, 25 clients: TPOT`,
      unit: 'ms',
      measured: 38.75,
      simulated: mean(many.tpotMs),
    },
  ];
}

/** All requests at once, 1,000 tokens in and out. */
function saturated(): ValidationCase[] {
  const requests = 3000;
  const load = {
    kind: 'recorded',
    sentMs: new Float64Array(requests),
    promptTokens: new Int32Array(requests).fill(1000),
    outputTokens: new Int32Array(requests).fill(1000),
  } as const;
  const perAccelerator = (server: Omit<Parameters<typeof simulateLoad>[0], 'load'>) => {
    const lastMs = simulateLoad({ ...server, load }).e2eMs.reduce((a, b) => Math.max(a, b), 0);
    return (requests * 1000) / (lastMs / 1000) / server.deployment.tensorParallel;
  };
  const engine = { ...usualEngine, maxSequences: 2048 };
  const llama = perAccelerator({
    engine,
    deployment: deploymentOn(openAccelerator('b200-sxm-trtllm'), 'llama-3.1-70b', {
      weightPrecision: 'fp4',
      kvPrecision: 'fp8',
      memoryShare: 0.95,
    }),
  });
  const deepseek = perAccelerator({
    engine: { ...engine, maxBatchTokens: 65_536, maxSequences: 8192 },
    deployment: deploymentOn(openAccelerator('h200-sxm-trtllm'), 'deepseek-v3', {
      weightPrecision: 'fp8',
      kvPrecision: 'fp8',
      tensorParallel: 8,
      attention: 'data',
      expertParallel: true,
    }),
  });
  const unit = 'tokens/s each';
  return [
    {
      id: 'V4',
      what: '1 B200, Llama-3.3-70B NVFP4, TensorRT-LLM, saturated',
      unit,
      measured: 6920,
      simulated: llama,
    },
    {
      id: 'V5',
      what: '8 H200, DeepSeek-R1 FP8, data-parallel attention, EP 8, TensorRT-LLM, saturated',
      unit,
      measured: 1627,
      simulated: deepseek,
    },
  ];
}

function trainium(): ValidationCase[] {
  const deployment = deploymentOn(openAccelerator('trainium2'), 'llama-3.1-70b', {
    tensorParallel: 16,
  });
  const load = closed({ concurrency: 1, promptTokens: 10_000, outputTokens: 1501, shortest: 1 });
  const found = simulateLoad({
    deployment,
    engine: { ...usualEngine, maxBatchTokens: 16_384 },
    load,
  });
  const what = '16 Trainium2, Llama-3.3-70B BF16, 10k in, derived from 405B';
  return [
    { id: 'V7', what: `${what}: TTFT`, unit: 'ms', measured: 575.7, simulated: mean(found.ttftMs) },
    { id: 'V7', what: `${what}: TPOT`, unit: 'ms', measured: 19.83, simulated: mean(found.tpotMs) },
  ];
}
