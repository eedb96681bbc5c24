import { join } from 'node:path';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Precision } from '../../sim/hardware/deployment.js';
import { batchOf, promptOf } from '../calibrate/batchOf.js';
import { deploymentOn } from '../calibrate/profileParts.js';
import { readTable } from '../calibrate/readTable.js';
import type { StepRow } from '../calibrate/stepPoints.js';

/** Chips of the tables of measured kernels, and the profiles that describe them. */
export const composedSystems: Readonly<Record<string, string>> = {
  a100_sxm: 'a100-80gb-sxm',
  h100_sxm: 'h100-sxm',
  h200_sxm: 'h200-sxm',
  b200_sxm: 'b200-sxm',
  gb200: 'gb200-nvl72',
  rtx_pro_6000_server: 'rtx-pro-6000',
  l40s: 'l40s',
};

export const composedKinds = ['bf16', 'fp8', 'gpt-oss-120b'] as const;
export type ComposedKind = (typeof composedKinds)[number];

/** Iterations composed of measured kernels on one chip: dense models in one precision, or gpt-oss-120b. */
export function composedSteps(
  dataFolder: string,
  system: string,
  kind: ComposedKind,
  accelerator: Accelerator,
): StepRow[] {
  const rows = tableOf(join(dataFolder, 'steps/aic_composed_dense_moe.csv.gz'));
  const isExperts = kind === 'gpt-oss-120b';
  const weights: Precision = isExperts ? 'fp4' : kind;
  const deployments = new Map<string, StepRow['deployment']>();
  return rows
    .filter((row) => row['system'] === system)
    .filter((row) => isExperts === (row['model'] === 'gpt-oss-120b'))
    .filter((row) => row['gemm_dtype'] === (kind === 'fp8' ? 'fp8' : 'bfloat16'))
    .map((row) => {
      const model = row['model']!.toLowerCase();
      const tensorParallel = Number(row['tp']);
      const key = `${model} ${tensorParallel}`;
      const deployment =
        deployments.get(key) ??
        deploymentOn(accelerator, model, { tensorParallel, weightPrecision: weights });
      deployments.set(key, deployment);
      const window = deployment.model.slidingWindow?.tokens ?? 0;
      const isPrompt = row['phase'] === 'prefill';
      const tokens = Number(isPrompt ? row['tokens'] : row['ctx']);
      const batch = Number(row['batch']);
      return {
        label: `${model} TP${tensorParallel} ${isPrompt ? `prompt of ${tokens}` : `${batch} x ${tokens}`}`,
        cell: `${model} ${weights}`,
        deployment,
        shape: isPrompt ? promptOf(tokens, window) : batchOf(batch, tokens, window),
        tokens,
        measuredMs: Number(row['total_ms']),
        isComposed: true,
      };
    });
}

const tables = new Map<string, ReturnType<typeof readTable>>();

/** Large tables are read once. */
function tableOf(file: string): ReturnType<typeof readTable> {
  const rows = tables.get(file) ?? readTable(file);
  tables.set(file, rows);
  return rows;
}
