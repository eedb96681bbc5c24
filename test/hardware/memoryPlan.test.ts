import { describe, expect, test } from 'vitest';
import { contextsThatFit, planMemory } from '../../sim/hardware/memoryPlan.js';
import { deployment } from './deployments.js';
import { plainAccelerator } from './plainAccelerator.js';

const blockTokens = 16;

describe('KV bytes per token and accelerator', () => {
  // layers · 2 · ceil(kvHeads / TP) · headSize · bytes; for MLA layers · (512 + 64) · bytes.
  test.each([
    ['llama-3.1-8b', 1, 'bf16', 131_072],
    ['llama-3.1-8b', 8, 'bf16', 16_384],
    ['llama-3.1-8b', 16, 'bf16', 16_384],
    ['llama-3.1-70b', 4, 'fp8', 40_960],
    ['qwen3-14b', 1, 'bf16', 163_840],
    ['gpt-oss-120b', 1, 'bf16', 73_728],
    ['glm-4.7', 1, 'fp8', 188_416],
    ['deepseek-v3', 1, 'bf16', 70_272],
    ['deepseek-v3', 8, 'bf16', 70_272],
    ['kimi-k2.6', 8, 'fp8', 35_136],
  ] as const)('%s at TP %d in %s: %d', (model, tensorParallel, kvPrecision, expected) => {
    const plan = planMemory(
      deployment('b200-sxm', model, { tensorParallel, kvPrecision }),
      blockTokens,
    );
    expect(plan.kvBytesPerToken).toBe(expected);
  });

  test('a pipeline divides the KV of MLA by layers: 61·576 / 18 bytes per wafer', () => {
    const wafers = deployment('wse-3', 'kimi-k2.6', { tensorParallel: 18, kvPrecision: 'fp8' });
    expect(planMemory(wafers, blockTokens).kvBytesPerToken).toBe(35_136 / 18);
  });
});

describe('weight bytes', () => {
  test('Llama 3.1 8B in bf16 is 2 bytes per parameter: 16.06 GB', () => {
    expect(planMemory(deployment('h100-sxm', 'llama-3.1-8b'), blockTokens).weightBytes).toBe(
      16_059_990_016,
    );
  });

  test('Llama 3.1 70B in fp8 keeps its two tables in bf16: 72.65 GB, half on each of two', () => {
    const two = deployment('h100-sxm', 'llama-3.1-70b', {
      tensorParallel: 2,
      weightPrecision: 'fp8',
    });
    // 68,451,041,280 + 2·2·128,256·8,192
    expect(planMemory(two, blockTokens).weightBytes).toBe(72_653_733_888 / 2);
  });

  test('gpt-oss-120b is the measured 66.14 GiB', () => {
    const { weightBytes } = planMemory(deployment('h200-sxm', 'gpt-oss-120b'), blockTokens);
    expect(weightBytes / 1024 ** 3).toBeCloseTo(66.14, 2);
  });

  test('Kimi K2.6 with INT4 experts is 594.2 GB', () => {
    const wafer = deployment('wse-3', 'kimi-k2.6');
    // 1,014,686,023,680 · 0.5625 + 11,721,179,136 · 2
    expect(planMemory(wafer, blockTokens).weightBytes).toBe(594_203_246_592);
  });
});

describe('what is left', () => {
  test('a made-up machine of 100 GB at 90% holds (90 − 16.06) GB / 2 MiB per block = 35,257 blocks', () => {
    const plan = planMemory(
      deployment('h100-sxm', 'llama-3.1-8b', { accelerator: plainAccelerator() }),
      blockTokens,
    );
    // (90,000,000,000 − 16,059,990,016) / (131,072 · 16)
    expect(plan.kvBlocks).toBe(35_257);
    // 1,001 tokens take 63 blocks.
    expect(contextsThatFit(plan, 1_001)).toBe(559);
    expect(plan.problem).toBeUndefined();
  });

  test('Qwen3-14B on one H100: the 18,038 blocks that vLLM 0.23 reported, within 0.1%', () => {
    const { kvBlocks } = planMemory(deployment('h100-sxm', 'qwen3-14b'), blockTokens);
    expect(Math.abs(kvBlocks / 18_038 - 1)).toBeLessThan(0.001);
  });

  test('gpt-oss-120b on one H200: within 2% of the 886,768 tokens that vLLM 0.22 reported', () => {
    const { kvBlocks } = planMemory(deployment('h200-sxm', 'gpt-oss-120b'), blockTokens);
    expect(Math.abs((kvBlocks * blockTokens) / 886_768 - 1)).toBeLessThan(0.02);
  });

  // (n · 41.8 − 594.2) GB / (110,000 · 35,136 B) = 8.5, 19.3, 40.9, 62.6, 95.0
  test.each([
    [15, 8],
    [16, 19],
    [18, 40],
    [20, 62],
    [23, 95],
  ])('Kimi K2.6 with fp8 KV on %d wafers holds %d contexts of 110,000 tokens', (wafers, held) => {
    const plan = planMemory(
      deployment('wse-3', 'kimi-k2.6', {
        tensorParallel: wafers,
        kvPrecision: 'fp8',
        memoryShare: 0.95,
      }),
      blockTokens,
    );
    expect(contextsThatFit(plan, 110_000)).toBe(held);
  });
});

describe('what does not fit', () => {
  test('the reason carries the arithmetic', () => {
    const one = planMemory(deployment('h100-sxm', 'llama-3.1-70b'), blockTokens);
    expect(one.problem).toBe(
      'llama-3.1-70b needs 141.1 GB of weights on each of 1 × h100-sxm; ' +
        'there is 85.9 GB × 0.9 − 500.0 MB kept by the runtime = 76.8 GB',
    );
    expect(one.kvBlocks).toBe(0);
    expect(contextsThatFit(one, 1)).toBe(0);
  });

  test('a group larger than the scale-up domain is refused', () => {
    const plan = planMemory(
      deployment('h100-sxm', 'deepseek-v3', { tensorParallel: 16 }),
      blockTokens,
    );
    expect(plan.problem).toBe('16 accelerators cannot share layers: h100-sxm links 8');
    expect(plan.kvBlocks).toBe(0);
  });

  test.each([
    // 71.0 GB in 76.8
    ['gpt-oss-120b', 'h100-sxm', 0.9, 1],
    // 141.1 GB: 70.6 each
    ['llama-3.1-70b', 'h100-sxm', 0.9, 2],
    // 354.3 GB / 135.8 GB = 2.6; 8 key-value heads do not divide by 3
    ['glm-4.7', 'h200-sxm', 0.9, 4],
    // 672.9 GB need 8.8 accelerators; 128 heads divide by 16
    ['deepseek-v3', 'h100-sxm', 0.9, 16],
    // 594.2 GB / 41.8 GB = 14.2
    ['kimi-k2.6', 'wse-3', 0.95, 15],
    // 594.2 GB / 44 GB = 13.5
    ['kimi-k2.6', 'wse-3', 1, 14],
    // 16.1 GB / 207 MB = 77.6
    ['llama-3.1-8b', 'groq-lpu', 0.9, 78],
  ])('%s on %s at a share of %d takes at least %d', (model, hardware, memoryShare, least) => {
    const plan = planMemory(deployment(hardware, model, { memoryShare }), blockTokens);
    expect(plan.minAccelerators).toBe(least);
  });
});
