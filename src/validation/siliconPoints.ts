import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import type { ClosedLoopRow } from '../calibrate/closedLoopPoints.js';
import type { FrontEndDelay } from '../calibrate/frontEndDelay.js';
import { usualEngine } from '../calibrate/measuredScenario.js';
import { deploymentOn } from '../calibrate/profileParts.js';
import type { SiliconRow } from './siliconRows.js';

/** Profile that stands for a chip with an engine; vLLM is the engine of the plain ones. */
export function profileOf({ system, engine }: Pick<SiliconRow, 'system' | 'engine'>): string {
  const chip = { gb200: 'gb200-nvl72' }[system] ?? system.replace('_', '-');
  return engine === 'vllm' ? chip : `${chip}-${engine}`;
}

/**
 * TensorRT-LLM as the InferenceX harness runs it (versions to 1.2, where recorded): a first token waits before it is sent.
 * Fitted to Llama-3.1-70B on H200 and B200; `docs/validation.md` has the fits without each of these.
 */
export const trtllmDelay: FrontEndDelay = { delayMs: 9.9, iterations: 4.04 };

function frontEndOf({ engine, source }: SiliconRow): FrontEndDelay | undefined {
  return engine === 'trtllm' && source.startsWith('inferencex') ? trtllmDelay : undefined;
}

/** A measured closed loop as it is simulated on a profile. */
export function closedLoopRow(row: SiliconRow, accelerator: Accelerator): ClosedLoopRow {
  const changes: Partial<Deployment> = {
    tensorParallel: row.accelerators,
    weightPrecision: row.weights,
    ...(row.dataParallelAttention ? { attention: 'data' } : {}),
    ...(row.expertParallel && row.model !== 'llama-3.1-8b' ? { expertParallel: true } : {}),
    // TensorRT-LLM keeps KV in FP8 beside quantised weights, and fills more of the memory.
    ...(row.engine === 'trtllm' && row.weights !== 'bf16'
      ? { kvPrecision: 'fp8', memoryShare: 0.93 }
      : {}),
  };
  const { concurrency, promptTokens, outputTokens } = row.load;
  const frontEnd = frontEndOf(row);
  return {
    label: `${row.model} x${row.accelerators}, ${promptTokens}/${outputTokens}, ${concurrency} clients`,
    cell: `${row.model} ${row.weights} ${row.system} ${row.engine}`,
    deployment: deploymentOn(accelerator, row.model, changes),
    engine: usualEngine,
    load: row.load,
    ttftMs: row.ttftMs,
    tpotMs: row.tpotMs,
    ...(frontEnd === undefined ? {} : { frontEnd }),
  };
}

/** Why a measurement says nothing about one replica; undefined: it does. */
export function unusable(row: SiliconRow): string | undefined {
  if (row.model === 'deepseek-v3') return 'mixes speculative decoding on and off without saying so';
  if (row.model === 'qwen3-32b') return 'clients of several workers, whose number is not recorded';
  if (row.model === 'gpt-oss-120b' && row.system === 'h100_sxm' && row.load.concurrency === 512)
    return 'a limit on the batch that is not recorded: TTFT of 20 to 460 s beside the TPOT of a few sequences';
  return undefined;
}
