import { join } from 'node:path';
import type { Precision } from '../../sim/hardware/deployment.js';
import type { ClosedLoop } from '../calibrate/measuredLoad.js';
import { readTable, type TableRow } from '../calibrate/readTable.js';

/** One end-to-end measurement: a closed loop on a server, with its mean latencies. */
export interface SiliconRow {
  readonly id: string;
  readonly system: string;
  readonly model: string;
  readonly engine: string;
  /** Who measured, by what harness. */
  readonly source: string;
  readonly weights: Precision;
  readonly accelerators: number;
  readonly dataParallelAttention: boolean;
  readonly expertParallel: boolean;
  readonly load: ClosedLoop;
  readonly ttftMs: number;
  readonly tpotMs: number;
}

/** Models of the table that a shipped profile describes. */
const models: Readonly<Record<string, string>> = {
  'meta-llama/Llama-3.1-70B': 'llama-3.1-70b',
  'meta-llama/Llama-3.1-8B-Instruct': 'llama-3.1-8b',
  'nvidia/Llama-3.1-8B-Instruct-FP8': 'llama-3.1-8b',
  'Qwen/Qwen3-32B': 'qwen3-32b',
  'nvidia/Qwen3-32B-NVFP4': 'qwen3-32b',
  'openai/gpt-oss-120b': 'gpt-oss-120b',
  'moonshotai/Kimi-K2.5': 'kimi-k2.6',
  'MiniMaxAI/MiniMax-M2.5': 'minimax-m2.5',
  'Qwen/Qwen3-235B-A22B-FP8': 'qwen3-235b-a22b',
  'deepseek-ai/DeepSeek-R1': 'deepseek-v3',
};

/** End-to-end measurements of the models that there are profiles of. */
export function siliconRows(dataFolder: string): SiliconRow[] {
  const rows = readTable(join(dataFolder, 'silicon_e2e/agg.csv.gz'));
  return rows.flatMap((row) => siliconRow(row) ?? []);
}

function siliconRow(row: TableRow): SiliconRow | undefined {
  const model = models[row['model']!];
  const system = row['system']!;
  if (model === undefined) return undefined;
  const count = (name: string) => Number(row[name] || 0);
  const tensor = Math.max(1, count('tp'));
  const ranks = Math.max(1, count('attn_dp'));
  const experts = Math.max(1, count('moe_ep'));
  if (count('pp') > 1) return undefined;
  return {
    id: row['id']!,
    system,
    model,
    engine: row['engine']!,
    source: row['source']!,
    weights: weightsOf(row),
    // With data-parallel attention `tp` counts all accelerators, or one where they are counted as ranks.
    accelerators: Math.max(tensor, ranks),
    dataParallelAttention: ranks > 1,
    expertParallel: experts > 1,
    load: {
      kind: 'closed',
      concurrency: count('concurrency'),
      promptTokens: count('isl'),
      outputTokens: count('osl'),
      shortest: row['source']!.startsWith('inferencex') ? 0.8 : 1,
    },
    ttftMs: count('ttft_ms'),
    tpotMs: count('tpot_ms'),
  };
}

function weightsOf(row: TableRow): Precision {
  const model = row['model']!;
  if (model === 'openai/gpt-oss-120b' || /NVFP4/.test(model)) return 'fp4';
  const precision = row['precision'] || 'bf16';
  return precision as Precision;
}
