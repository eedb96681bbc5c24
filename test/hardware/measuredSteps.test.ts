import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Precision } from '../../sim/hardware/deployment.js';
import {
  type BatchShape,
  emptyBatchShape,
  type IterationCost,
  iterationCost,
} from '../../sim/hardware/iterationCost.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { measuredData } from '../measuredData.js';
import { chunkShape, decodeShape, deployment } from './deployments.js';
import { accelerator } from './shippedProfiles.js';

const grid = powerOfTwoGrid(27);
const dense = ['Llama-3.1-8B', 'Llama-3.1-70B', 'Qwen3-14B', 'Qwen3-32B'];

interface ComposedCase {
  readonly hardware: string;
  readonly system: string;
  readonly precision: Precision;
  readonly models: readonly string[];
  /** Mean absolute relative error of the shipped coefficients. */
  readonly error: number;
}

const composedCases: ComposedCase[] = [
  { hardware: 'a100-80gb-sxm', system: 'a100_sxm', precision: 'bf16', models: dense, error: 0.029 },
  { hardware: 'h100-sxm', system: 'h100_sxm', precision: 'bf16', models: dense, error: 0.031 },
  { hardware: 'h200-sxm', system: 'h200_sxm', precision: 'bf16', models: dense, error: 0.026 },
  { hardware: 'b200-sxm', system: 'b200_sxm', precision: 'bf16', models: dense, error: 0.027 },
  { hardware: 'h100-sxm', system: 'h100_sxm', precision: 'fp8', models: dense, error: 0.031 },
  { hardware: 'h200-sxm', system: 'h200_sxm', precision: 'fp8', models: dense, error: 0.038 },
  { hardware: 'b200-sxm', system: 'b200_sxm', precision: 'fp8', models: dense, error: 0.067 },
  { hardware: 'l40s', system: 'l40s', precision: 'bf16', models: dense, error: 0.04 },
  {
    hardware: 'rtx-pro-6000',
    system: 'rtx_pro_6000_server',
    precision: 'bf16',
    models: dense,
    error: 0.031,
  },
  {
    hardware: 'h100-sxm',
    system: 'h100_sxm',
    precision: 'fp4',
    models: ['gpt-oss-120b'],
    error: 0.065,
  },
  {
    hardware: 'h200-sxm',
    system: 'h200_sxm',
    precision: 'fp4',
    models: ['gpt-oss-120b'],
    error: 0.068,
  },
  {
    hardware: 'b200-sxm',
    system: 'b200_sxm',
    precision: 'fp4',
    models: ['gpt-oss-120b'],
    error: 0.077,
  },
];

describe('steps composed from measured kernels are met', () => {
  for (const { hardware, system, precision, models, error } of composedCases) {
    const title = `${hardware}, ${precision} weights: within ${(100 * error).toFixed(1)}% and a tenth of it`;
    test(title, (context) => {
      const path = measuredData(context, 'steps/aic_composed_dense_moe.csv.gz');
      const measuredAs = precision === 'fp8' ? 'fp8' : 'bfloat16';
      const rows = composedSteps(path).filter(
        (row) =>
          row['system'] === system &&
          row['gemm_dtype'] === measuredAs &&
          models.includes(row['model']!),
      );
      expect(rows.length).toBeGreaterThan(200);
      const chip = withoutUnfusedWork(accelerator(hardware));
      const costs = new Map<string, IterationCost>();
      const costOf = (model: string, tensorParallel: number) => {
        const key = `${model} ${tensorParallel}`;
        const changes = { accelerator: chip, tensorParallel, weightPrecision: precision };
        const cost =
          costs.get(key) ?? iterationCost(deployment(hardware, model.toLowerCase(), changes), grid);
        costs.set(key, cost);
        return cost;
      };
      const errors = rows.map((row) => {
        const cost = costOf(row['model']!, Number(row['tp']));
        return relativeError(cost.deviceMs(composedShape(row, cost.windowTokens)), row['total_ms']);
      });
      expect(mean(errors)).toBeLessThan(1.1 * error);
    });
  }
});

describe('real steps of vLLM 0.23 with Qwen3-14B on one H100 are met', () => {
  const cost = iterationCost(deployment('h100-sxm', 'qwen3-14b'), grid);
  const realCases = [
    { what: 'decodes only', prompts: 0, error: 0.019 },
    { what: 'one prompt of about 1,000 tokens among decodes', prompts: 1, error: 0.029 },
  ];
  for (const { what, prompts, error } of realCases) {
    test(`${what}: within ${(100 * error).toFixed(1)}% and a tenth of it`, (context) => {
      const path = measuredData(context, 'h100_qwen3_14b/reconstructed_steps_2rps.csv.gz');
      const steps = table(path).filter((row) => Number(row['n_prefill']) === prompts);
      expect(steps.length).toBeGreaterThan(4000);
      const errors = steps.map((step) => {
        const shape = realShape(step);
        const hostMs = cost.hostMs(shape.decodeRows + shape.chunks);
        const iterationMs = Math.max(cost.deviceMs(shape), hostMs) + cost.syncMs;
        return relativeError(iterationMs, step['dt_ms']);
      });
      expect(mean(errors)).toBeLessThan(1.1 * error);
    });
  }
});

/** A reconstructed step: a whole prompt, if any, and decodes. */
function realShape(step: Row): BatchShape {
  const chunk = Number(step['prefill_tokens']);
  const decodeRows = Number(step['n_decode']);
  return {
    ...(chunk > 0 ? chunkShape(chunk) : emptyBatchShape()),
    decodeRows,
    decodeContextTokens: Number(step['decode_ctx_tokens_total']),
    sampledRows: decodeRows + Number(step['n_prefill']),
  };
}

/** Composed steps leave out norms, rotary embedding, activation functions and the host. */
function withoutUnfusedWork(chip: Accelerator): Accelerator {
  if (chip.cost.kind !== 'roofline') throw new Error(`${chip.name} is no roofline`);
  return { ...chip, cost: { ...chip.cost, unfused: { perLayerMs: 0, activationTraffic: 0 } } };
}

type Row = Readonly<Record<string, string>>;

const readTables = new Map<string, Row[]>();

/** The composed steps, read once for all cases. */
function composedSteps(path: string): Row[] {
  const rows = readTables.get(path) ?? table(path);
  readTables.set(path, rows);
  return rows;
}

function composedShape(row: Row, windowTokens: number): BatchShape {
  const context = Number(row['ctx']);
  if (row['phase'] === 'prefill') return chunkShape(Number(row['tokens']), 0, windowTokens);
  return decodeShape(new Array<number>(Number(row['batch'])).fill(context), windowTokens);
}

function table(path: string): Row[] {
  const [head = '', ...lines] = gunzipSync(readFileSync(path)).toString().trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(names.map((name, column) => [name, values[column]!]));
  });
}

function relativeError(predicted: number, measured: string | undefined): number {
  return Math.abs(predicted / Number(measured) - 1);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0) / numbers.length;
}
