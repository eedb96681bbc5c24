import { describe, expect, test } from 'vitest';
import { type BatchShape, iterationCost } from '../../sim/hardware/iterationCost.js';
import type { PipelineParameters } from '../../sim/hardware/pipelineParameters.js';
import { speculatingCost } from '../../sim/hardware/speculatingCost.js';
import type { TableParameters } from '../../sim/hardware/tableParameters.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { chunkShape, decodeShape, deployment } from './deployments.js';
import { plainAccelerator } from './plainAccelerator.js';

const grid = powerOfTwoGrid(27);

/** Rows whose contexts end with `perRow` tokens that are computed now, all of them sampled. */
function draftedShape(contexts: readonly number[], perRow: number, windowTokens = 0): BatchShape {
  const shape = decodeShape(contexts, windowTokens);
  return { ...shape, tokensPerDecodeRow: perRow, sampledRows: contexts.length * perRow };
}

describe('a row of 4 tokens at the end of 1,000', () => {
  const sampledChunk = (windowTokens: number): BatchShape => ({
    ...chunkShape(4, 996, windowTokens),
    sampledRows: 4,
  });

  test('takes what a chunk of 4 does, and the KV of its new tokens: 4 · 131,072 B at 1 TB/s', () => {
    const accelerator = plainAccelerator({});
    const cost = iterationCost(deployment('h100-sxm', 'llama-3.1-8b', { accelerator }), grid);
    const addedMs = cost.deviceMs(draftedShape([1000], 4)) - cost.deviceMs(sampledChunk(0));
    // Decodes are off by up to half a quantum per token of their context.
    expect(addedMs).toBeCloseTo(0.000524288, 5);
    const { flops, memoryBytes } = { ...cost.work(draftedShape([1000], 4)) };
    const chunk = cost.work(sampledChunk(0));
    expect(flops).toBe(chunk.flops);
    expect(memoryBytes - chunk.memoryBytes).toBe(4 * 131_072);
  });

  test('also beside a prompt', () => {
    const accelerator = plainAccelerator({});
    const cost = iterationCost(deployment('h100-sxm', 'llama-3.1-8b', { accelerator }), grid);
    const prompt = chunkShape(100);
    const row = draftedShape([1000], 4);
    const mixed = {
      ...prompt,
      decodeRows: 1,
      tokensPerDecodeRow: 4,
      decodeContextTokens: 1000,
      sampledRows: row.sampledRows + 1,
    };
    const piece = sampledChunk(0);
    const chunks = {
      ...prompt,
      chunks: 2,
      chunkTokens: 104,
      chunkPairs: prompt.chunkPairs + piece.chunkPairs,
      chunkPriorTokens: piece.chunkPriorTokens,
      sampledRows: 5,
    };
    expect(cost.deviceMs(mixed) - cost.deviceMs(chunks)).toBeCloseTo(0.000524288, 6);
  });

  test('touches the experts of 4 tokens, and sees no more of a window', () => {
    const accelerator = plainAccelerator({});
    const cost = iterationCost(deployment('h100-sxm', 'gpt-oss-120b', { accelerator }), grid);
    const window = cost.windowTokens;
    expect(window).toBe(128);
    const addedMs =
      cost.deviceMs(draftedShape([1000], 4, window)) - cost.deviceMs(sampledChunk(window));
    // 18 layers that see everything, 2 · 8 · 64 · 2 B each, for 4 tokens.
    expect(addedMs).toBeCloseTo((4 * 18 * 2 * 8 * 64 * 2) / 1e9, 5);
  });
});

test('drafted tokens take places of a pipeline like any others', () => {
  const parameters: PipelineParameters = {
    kind: 'pipeline',
    layerMs: { dense: 0.25, experts: 0.5 },
    byModel: {},
    hopMs: 0.125,
    tokensPerStage: 1,
    kvEfficiency: 0.5,
    attentionEfficiency: 0.5,
    prefillEfficiency: 0.05,
  };
  const accelerator = plainAccelerator({ cost: parameters });
  const changes = { accelerator, tensorParallel: 4 };
  const cost = iterationCost(deployment('wse-3', 'llama-3.1-8b', changes), grid);
  const rows = (count: number) => new Array<number>(count).fill(0);
  // 32 places.
  expect(cost.deviceMs(draftedShape(rows(8), 4))).toBe(8.375);
  expect(cost.deviceMs(draftedShape(rows(16), 4))).toBe(16.75);
});

test('a table is asked for a row per token, which share the context', () => {
  const parameters: TableParameters = {
    kind: 'table',
    decode: {
      rows: [1, 5],
      contextTokens: [0, 1000],
      timesMs: [
        [8, 10],
        [12, 20],
      ],
    },
    prefill: { tokens: [1, 101], priorTokens: [0], timesMs: [[8], [28]] },
    host: { perIterationMs: 1, perRowMs: 0, syncMs: 0 },
  };
  const accelerator = plainAccelerator({ cost: parameters });
  const cost = iterationCost(deployment('h100-sxm', 'llama-3.1-8b', { accelerator }), grid);
  // 5 rows of 200 tokens.
  expect(cost.deviceMs(draftedShape([1000], 5))).toBeCloseTo(13.6, 7);
});

test('drafting adds its time to iterations with decode rows', () => {
  const accelerator = plainAccelerator({});
  const cost = iterationCost(deployment('h100-sxm', 'llama-3.1-8b', { accelerator }), grid);
  const drafting = { draftTokens: 3, draftMs: 0.2, draftShare: 0.05 };
  const drafted = speculatingCost(cost, drafting, grid);
  const row = draftedShape([1000], 4);
  expect(drafted.deviceMs(row)).toBeCloseTo(cost.deviceMs(row) * 1.15 + 0.6, 7);
  expect(grid.round(drafted.deviceMs(row))).toBe(drafted.deviceMs(row));
  expect(drafted.deviceMs(chunkShape(100))).toBe(cost.deviceMs(chunkShape(100)));
  expect(drafted.isAffine).toBe(false);
});
