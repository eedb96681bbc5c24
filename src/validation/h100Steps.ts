import { join } from 'node:path';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import { emptyBatchShape } from '../../sim/hardware/iterationCost.js';
import { promptOf } from '../calibrate/batchOf.js';
import { deploymentOn } from '../calibrate/profileParts.js';
import { readTable } from '../calibrate/readTable.js';
import type { StepRow } from '../calibrate/stepPoints.js';

/** Every so many-th step is enough for means over tens of thousands. */
const every = 8;

/** Iterations of vLLM 0.23 with Qwen3-14B on one H100, reconstructed from token times; the cell is the run. Steps with a prompt are few: a fit wants all. */
export function h100Steps(
  dataFolder: string,
  accelerator: Accelerator,
  { withAllPrompts }: { readonly withAllPrompts: boolean },
): StepRow[] {
  const deployment = deploymentOn(accelerator, 'qwen3-14b');
  const rows = readTable(join(dataFolder, 'h100_qwen3_14b/reconstructed_steps_2rps.csv.gz'));
  return rows
    .filter((row) => Number(row['n_prefill']) <= 1)
    .filter(
      (row, index) => index % every === 0 || (withAllPrompts && Number(row['n_prefill']) === 1),
    )
    .map((row) => {
      const prompt = Number(row['prefill_tokens']);
      const decodeRows = Number(row['n_decode']);
      return {
        label: `${decodeRows} decodes, ${prompt} prompt tokens`,
        cell: row['run']!,
        deployment,
        shape: {
          ...(prompt > 0 ? promptOf(prompt, 0) : emptyBatchShape()),
          decodeRows,
          decodeContextTokens: Number(row['decode_ctx_tokens_total']),
          sampledRows: decodeRows + Number(row['n_prefill']),
        },
        tokens: prompt,
        measuredMs: Number(row['dt_ms']),
        isComposed: false,
      };
    });
}
