import type { ClosedLoop } from '../calibrate/measuredLoad.js';
import { type MeasuredServer, usualEngine } from '../calibrate/measuredScenario.js';
import { deploymentOn, openAccelerator } from '../calibrate/profileParts.js';
import { simulateLoad } from '../calibrate/simulateLoad.js';
import { disaggregatedThroughput } from './disaggregatedCase.js';
import { vllmFrontEnd } from './requestRuns.js';

/** A published figure of a whole system, and what the simulator says. */
export interface ValidationCase {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly measured: number;
  readonly simulated: number;
  /** With the first request of each client counted where `simulated` leaves it out, and the other way round. */
  readonly otherwise?: number;
}

const closed = (load: Omit<ClosedLoop, 'kind'>): ClosedLoop => ({ kind: 'closed', ...load });
const mean = (values: Float64Array) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Cases V1 to V7 of the public figures; V8 is told in words. */
export function validationCases(): ValidationCase[] {
  return [...gptOss(), ...llamaOnTwo(), ...saturated(), ...apart(), ...trainium()];
}

/**
 * Means of a closed loop, counted by one rule for all cases. Where it is published how many requests were sent, all of
 * them count, those at the start with all clients at once among them. Where it is not, the first of each client is left out.
 */
function loopCases(
  id: string,
  what: string,
  server: MeasuredServer & { readonly load: ClosedLoop },
  measured: { readonly ttftMs: number; readonly tpotMs: number },
): ValidationCase[] {
  const times = simulateLoad(server);
  const isWhole = server.load.requestsEach !== undefined;
  const meanOf = (name: 'ttftMs' | 'tpotMs', all: boolean) =>
    mean(times[name].filter((_, index) => all || times.sentMs[index]! > 0));
  return (['ttftMs', 'tpotMs'] as const).map((name) => ({
    id,
    what: `${what}: ${name === 'ttftMs' ? 'TTFT' : 'TPOT'}`,
    unit: 'ms',
    measured: measured[name],
    simulated: meanOf(name, isWhole),
    otherwise: meanOf(name, !isWhole),
  }));
}

function gptOss(): ValidationCase[] {
  const at = (concurrency: number, requests: number | undefined) => ({
    deployment: deploymentOn(openAccelerator('h200-sxm'), 'gpt-oss-120b'),
    engine: { ...usualEngine, prefixCache: false },
    gateway: vllmFrontEnd,
    load: closed({
      concurrency,
      promptTokens: 8000,
      outputTokens: 1004,
      shortest: 0.8,
      ...(requests === undefined ? {} : { requestsEach: requests / concurrency }),
    }),
  });
  const what = '1 H200, gpt-oss-120b MXFP4, vLLM 0.22, 7.2k in, 0.9k out';
  return [
    ...loopCases('V1', `${what}, 1 client`, at(1, undefined), { ttftMs: 342.9, tpotMs: 4.31 }),
    ...loopCases('V2', `${what}, 64 clients`, at(64, 2560), { ttftMs: 717.8, tpotMs: 42.88 }),
  ];
}

function llamaOnTwo(): ValidationCase[] {
  const at = (concurrency: number) => ({
    deployment: deploymentOn(openAccelerator('h100-sxm'), 'llama-3.1-70b', {
      tensorParallel: 2,
      weightPrecision: 'fp8',
    }),
    engine: usualEngine,
    load: closed({ concurrency, promptTokens: 5000, outputTokens: 500, shortest: 1 }),
  });
  const what = '2 H100, Llama-3.3-70B FP8, NIM 1.8, 5k in, 500 out';
  return [
    ...loopCases('V3', `${what}, 1 client`, at(1), { ttftMs: 406.77, tpotMs: 18.58 }),
    ...loopCases('V3', `${what}, 25 clients`, at(25), { ttftMs: 688.69, tpotMs: 38.75 }),
  ];
}

function apart(): ValidationCase[] {
  const { promptTokens, outputTokens } = disaggregatedThroughput();
  const what = '96 H100, DeepSeek-V3 FP8, prefill and decode apart, SGLang, saturated';
  const unit = 'tokens/s each';
  return [
    { id: 'V6', what: `${what}: prompts`, unit, measured: 6538, simulated: promptTokens },
    { id: 'V6', what: `${what}: answers`, unit, measured: 2788, simulated: outputTokens },
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
