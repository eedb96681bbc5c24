import { join } from 'node:path';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { EngineOptions, GatewaySpec } from '../../sim/run/scenario.js';
import { usualEngine } from '../calibrate/measuredScenario.js';
import { deploymentOn } from '../calibrate/profileParts.js';
import { readTable } from '../calibrate/readTable.js';
import { recordedRequests } from '../calibrate/recordedRequests.js';
import type { RequestLog } from '../calibrate/requestPoints.js';

/**
 * The front end of a vLLM server on the machine of its client: HTTP, tokenising and the way to the engine. One request
 * after the other for the short part of it: requests sent within 2 ms of each other nearly always share a batch, which 6 ms
 * of one server (as it was first set) do not allow. Set by hand to the run at 2 requests/s on one H100; the run at
 * 4 requests/s was in sight, and it is the one that has enough of such pairs.
 */
export const vllmFrontEnd: GatewaySpec = {
  name: 'front-end',
  servers: 1,
  serviceMs: { kind: 'constant', value: 1 },
  perThousandTokensMs: 1,
  overheadMs: { kind: 'lognormal', median: 5, sigma: 0.3 },
  maxWaiting: Number.POSITIVE_INFINITY,
  usdPerHour: undefined,
};

/** Qwen3-14B on one H100 with vLLM 0.23, client side, at 2 and at 4 requests/s. */
export function h100Runs(dataFolder: string, accelerator: Accelerator): RequestLog[] {
  const deployment = deploymentOn(accelerator, 'qwen3-14b');
  return [2, 4].map((rate) => {
    const file = `h100_qwen3_14b/sweep_rate_agg_${rate}rps_vanilla.csv.gz`;
    const { load, measured } = recordedRequests(readTable(join(dataFolder, file)));
    const server = { deployment, engine: usualEngine, gateway: vllmFrontEnd, load };
    return { label: `${rate} requests/s`, cell: `${rate} requests/s`, server, measured };
  });
}

/** Llama-3.1-8B on one RTX PRO 6000 with vLLM 0.19, engine side: 300 requests in 30 s, more than it can serve. */
export function rtxRun(dataFolder: string, accelerator: Accelerator): RequestLog {
  const table = readTable(join(dataFolder, 'vllm_rtxpro6000_llama8b/requests.csv'));
  const { load, measured } = recordedRequests(table);
  const deployment = deploymentOn(accelerator, 'llama-3.1-8b');
  const engine: EngineOptions = { ...usualEngine, maxSequences: 128, maxBatchTokens: 2048 };
  return { label: '300 requests', cell: 'rtx', server: { deployment, engine, load }, measured };
}
