import type { FitSource } from '../calibrate/calibratedProfile.js';

const stepsOf = (models: string, name: string): FitSource => {
  const isOld = name === 'a100-80gb-sxm';
  const groups = name === 'gb200-nvl72' ? 'TP 1-4' : 'TP 1-8';
  return {
    on: `composed steps of ${models}, ${groups}, from measured kernels`,
    engine: isOld ? 'vllm 0.14.0' : 'vllm 0.24.0',
    date: isOld ? '2026-02' : '2026-08',
  };
};

const dense = 'Llama-3.1-8B/70B and Qwen3-14B/32B';

/** What the numbers of each stage of a shipped profile are fitted to. */
export const fitSources = {
  bf16: (name: string) => stepsOf(`${dense} in bf16`, name),
  fp8: (name: string) => stepsOf(`${dense} in fp8`, name),
  fp4: (name: string) => stepsOf('gpt-oss-120b in MXFP4', name),
  realSteps: { on: 'steps of a real server with Qwen3-14B', engine: 'vllm 0.23', date: '2026-08' },
  realRun: {
    on: 'TPOT of one run of 300 requests with Llama-3.1-8B',
    engine: 'vllm 0.19',
    date: '2026-08',
  },
  closedLoops: (models: readonly string[], engine: string): FitSource => ({
    on: `end-to-end TPOT of ${models.join(', ')} in closed loops (aiconfigurator 095f58a)`,
    engine,
    date: '2026-04',
  }),
};
