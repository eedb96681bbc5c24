import { describe, expect, test } from 'vitest';
import { iterationCost } from '../../sim/hardware/iterationCost.js';
import type { PipelineParameters } from '../../sim/hardware/pipelineParameters.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { chunkShape, decodeShape, deployment } from './deployments.js';
import { plainAccelerator } from './plainAccelerator.js';

const grid = powerOfTwoGrid(27);

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

/** Llama 3.1 8B, 32 layers, on 4 made-up chips: 32 · 0.25 + 3 · 0.125 = 8.375 ms per token. */
function onChips(changes: Partial<PipelineParameters> = {}) {
  const accelerator = plainAccelerator({ cost: { ...parameters, ...changes } });
  return iterationCost(
    deployment('wse-3', 'llama-3.1-8b', { accelerator, tensorParallel: 4 }),
    grid,
  );
}

const noContext = (rows: number) => decodeShape(new Array<number>(rows).fill(0));

describe('decode', () => {
  test('a token takes its layers and hops', () => {
    expect(onChips().deviceMs(noContext(1))).toBe(8.375);
  });

  test('as many rows as places take no longer; twice as many take turns', () => {
    const cost = onChips();
    expect(cost.deviceMs(noContext(32))).toBe(8.375);
    expect(cost.deviceMs(noContext(64))).toBe(16.75);
    expect(onChips({ tokensPerStage: 2 }).deviceMs(noContext(64))).toBe(8.375);
  });

  test('its context is read by the eighth of a chip that holds a layer', () => {
    // 131,072 B / (1 TB/s · 0.5 · 4/32 chips) = 2.097 us per 1,000 … per token; attention takes less.
    expect(onChips().decodeGrowthMs(1, 0)).toBeCloseTo(0.002097152, 8);
  });

  test('rows wait for the mean context until they take turns', () => {
    const cost = onChips();
    const oneMs = cost.deviceMs(decodeShape([1000]));
    expect(cost.deviceMs(decodeShape([1000, 1000]))).toBeCloseTo(oneMs, 6);
    expect(cost.deviceMs(decodeShape([500, 1500]))).toBeCloseTo(oneMs, 6);
    const full = cost.deviceMs(decodeShape(new Array<number>(64).fill(1000)));
    expect(full).toBeCloseTo(2 * oneMs, 6);
  });

  test('a model with experts has its own time per layer, unless it is known by name', () => {
    const accelerator = (byModel: PipelineParameters['byModel']) =>
      plainAccelerator({ cost: { ...parameters, byModel } });
    const timeMs = (byModel: PipelineParameters['byModel']) =>
      iterationCost(
        deployment('wse-3', 'mixtral-8x7b', { accelerator: accelerator(byModel) }),
        grid,
      ).deviceMs(noContext(1));
    expect(timeMs({})).toBe(16);
    const known = { layerMs: 1, prefillTokensPerSec: undefined };
    expect(timeMs({ 'mixtral-8x7b': known })).toBe(32);
  });
});

describe('prefill', () => {
  test('a known rate is per chip: 4,000 tokens at 4 · 1,000 tokens/s take a second more', () => {
    const cost = onChips({
      byModel: { 'llama-3.1-8b': { layerMs: 0.25, prefillTokensPerSec: 1000 } },
    });
    expect(cost.deviceMs(chunkShape(4000))).toBe(8.375 + 1000);
  });

  test('otherwise it reaches a share of the peak of all chips', () => {
    // 1,000 tokens · 13.958643712 GFLOP + 500,500 pairs · 524,288, at 4 PFLOP/s · 5%
    const computeMs = (13_958.643712 + 262.406144) / 200;
    expect(onChips().deviceMs(chunkShape(1000))).toBeCloseTo(8.375 + computeMs, 6);
  });

  test('it occupies the pipeline, so decodes beside it wait', () => {
    const cost = onChips();
    const decodes = decodeShape([1000, 2000]);
    const chunk = chunkShape(100);
    const both = { ...chunk, ...decodes, chunks: 1, sampledRows: 3 };
    const mixed = {
      ...both,
      chunkTokens: chunk.chunkTokens,
      chunkPairs: chunk.chunkPairs,
      chunkPriorTokens: 0,
    };
    const chunkMs = cost.deviceMs(chunk) - 8.375;
    expect(cost.deviceMs(mixed)).toBeCloseTo(cost.deviceMs(decodes) + chunkMs, 7);
  });
});

describe('the shipped machines repeat the public speeds they come from', () => {
  test.each([
    ['wse-3', 'kimi-k2.6', 18, 981],
    ['wse-3', 'glm-4.7', 17, 1201],
    ['wse-3', 'gpt-oss-120b', 3, 1844],
    ['groq-lpu', 'llama-3.1-70b', 576, 305],
  ])(
    '%s with %s on %d: %d tokens/s at 10,000 tokens of context',
    (hardware, model, chips, speed) => {
      const kvPrecision = 'fp8';
      const cost = iterationCost(
        deployment(hardware, model, { tensorParallel: chips, kvPrecision }),
        grid,
      );
      const tokensPerSec = 1000 / cost.deviceMs(decodeShape([10_000], cost.windowTokens));
      expect(Math.abs(tokensPerSec / speed - 1)).toBeLessThan(0.02);
    },
  );

  test('41 contexts of 110,000 tokens of Kimi K2.6 run at 720 tokens/s each on 18 wafers', () => {
    const cost = iterationCost(
      deployment('wse-3', 'kimi-k2.6', { tensorParallel: 18, kvPrecision: 'fp8' }),
      grid,
    );
    for (const rows of [1, 41]) {
      const timeMs = cost.deviceMs(decodeShape(new Array<number>(rows).fill(110_000)));
      expect(Math.abs(1000 / timeMs / 720 - 1)).toBeLessThan(0.01);
    }
  });

  test('a fresh 1,000 tokens of Kimi K2.6 take 20 ms of 18 wafers', () => {
    const cost = iterationCost(deployment('wse-3', 'kimi-k2.6', { tensorParallel: 18 }), grid);
    const addedMs = cost.deviceMs(chunkShape(2000)) - cost.deviceMs(chunkShape(1000));
    expect(addedMs).toBeCloseTo(20, 1);
  });
});

test('work is divided over the chips', () => {
  const { memoryBytes, flops } = onChips().work(decodeShape([1000]));
  expect(memoryBytes).toBe((15_009_316_864 + 131_072_000) / 4);
  expect(flops).toBe((15_009_316_864 + 524_288_000) / 4);
});
