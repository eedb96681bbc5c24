// Expert parallelism, context parallelism and unequal contexts: what groups of accelerators hold and wait for.
import { describe, expect, test } from 'vitest';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import { expertSkew } from '../../sim/hardware/expertSkew.js';
import { iterationCost } from '../../sim/hardware/iterationCost.js';
import { largestOf } from '../../sim/hardware/largestOf.js';
import { planMemory } from '../../sim/hardware/memoryPlan.js';
import { modelShare } from '../../sim/hardware/modelShare.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { chunkShape, decodeShape, deployment } from './deployments.js';
import { plainAccelerator } from './plainAccelerator.js';
import { model } from './shippedProfiles.js';

const grid = powerOfTwoGrid(27);
const scaleUp = { domain: 8, bytesPerSec: 1e12, latencyMs: 0, allReduce: [] };
const eight = { tensorParallel: 8, weightPrecision: 'fp8', kvPrecision: 'fp8' } as const;

function deviceMs(
  name: string,
  changes: Partial<Accelerator>,
  more: Partial<Deployment>,
  shape: Parameters<ReturnType<typeof iterationCost>['deviceMs']>[0],
): number {
  const accelerator = plainAccelerator({ scaleUp, ...changes });
  return iterationCost(deployment('h100-sxm', name, { accelerator, ...more }), grid).deviceMs(
    shape,
  );
}

const rows = (count: number, tokens: number) => decodeShape(new Array<number>(count).fill(tokens));

describe('the largest of several', () => {
  test('within 5% of tables of the expected maximum of normal samples: 0.564 of 2, 1.424 of 8', () => {
    expect(largestOf(1)).toBe(0);
    expect(Math.abs(largestOf(2) / 0.564 - 1)).toBeLessThan(0.05);
    expect(Math.abs(largestOf(8) / 1.424 - 1)).toBeLessThan(0.05);
  });
});

describe('expert parallelism', () => {
  test('one accelerator, or no tokens: no skew', () => {
    expect(expertSkew(1, 256, 8, 64, 200)).toEqual({ touched: 1, tokens: 1 });
    expect(expertSkew(8, 256, 8, 0, 0)).toEqual({ touched: 1, tokens: 1 });
  });

  test('64 tokens of 8 experts each over 8 accelerators: 64 picks each, the busiest has 10.6 more', () => {
    // 1.4340 · √(64 · 7/8) = 10.7 of 64.
    const skew = expertSkew(8, 256, 8, 64, 222);
    expect(skew.tokens).toBeCloseTo(1 + (largestOf(8) * Math.sqrt(56)) / 64, 12);
    // Nobody can touch more than the 32 that it holds: 32 of 27.75.
    expect(skew.touched).toBeLessThanOrEqual(32 / 27.75);
  });

  test('a batch of thousands is nearly even, one token very uneven', () => {
    const many = expertSkew(8, 256, 8, 8192, 256);
    expect(many.touched).toBe(1);
    expect(many.tokens).toBeLessThan(1.02);
    expect(expertSkew(8, 256, 8, 1, 8).touched).toBeGreaterThan(2);
  });

  test('it makes an iteration of data-parallel attention longer by the skew, and its exchange shorter', () => {
    const slow = { ...scaleUp, bytesPerSec: 1e6 };
    const data = { ...eight, attention: 'data' } as const;
    const whole = { ...data, expertParallel: true };
    const shape = rows(64, 1000);
    expect(deviceMs('deepseek-v3', {}, whole, shape)).toBeGreaterThan(
      deviceMs('deepseek-v3', {}, data, shape),
    );
    // Links so slow that nothing else counts. All-gather and reduce-scatter: 2·7/8 of all hidden states. All-to-all:
    // 64/8 tokens to 7·(1 − (7/8)^8) others, there and back.
    const ratio =
      deviceMs('deepseek-v3', { scaleUp: slow }, whole, shape) /
      deviceMs('deepseek-v3', { scaleUp: slow }, data, shape);
    const receivers = 7 * (1 - (7 / 8) ** 8);
    expect(ratio).toBeCloseTo((2 * receivers) / 8 / (2 * (7 / 8)), 2);
  });

  test('an all-to-all may leave the scale-up domain, which all-reduces may not', () => {
    const wide = { ...eight, tensorParallel: 16 };
    const problem = (more: Partial<Deployment>) =>
      planMemory(deployment('h100-sxm', 'deepseek-v3', { ...wide, ...more }), 16).problem;
    expect(problem({})).toMatch(/cannot share layers/);
    expect(problem({ attention: 'data' })).toMatch(/cannot share layers/);
    expect(problem({ attention: 'data', expertParallel: true })).toBeUndefined();
  });
});

describe('context parallelism', () => {
  test('KV is held once, whatever the number of its heads', () => {
    const one = modelShare(model('deepseek-v3'), 1, 'fp8', 'fp8');
    const share = modelShare(model('deepseek-v3'), 8, 'fp8', 'fp8', 'context');
    expect(share.kvBytesPerToken).toBe(one.kvBytesPerToken / 8);
    expect(share.full.decodeFlopsPerToken).toBe(one.full.decodeFlopsPerToken / 8);
    expect(share.denseBytes).toBe(modelShare(model('deepseek-v3'), 8, 'fp8', 'fp8').denseBytes);
    // 4 KV heads on 8 accelerators: half a head each, where tensor parallelism holds one.
    const grouped = modelShare(model('qwen3-30b-a3b'), 8, 'bf16', 'bf16', 'context');
    const tensor = modelShare(model('qwen3-30b-a3b'), 8, 'bf16', 'bf16');
    expect(tensor.kvBytesPerToken).toBe(2 * grouped.kvBytesPerToken);
  });

  test('one sequence may fill all of it: 8 times the blocks of tensor parallelism for MLA', () => {
    const plan = (attention: Deployment['attention']) =>
      planMemory(
        deployment('b200-sxm', 'deepseek-v3', {
          ...eight,
          ...(attention === undefined ? {} : { attention }),
        }),
        16,
      );
    const context = plan('context');
    expect(context.sequenceBlocks).toBe(context.kvBlocks);
    expect(context.kvBlocks / plan('tensor').kvBlocks).toBeCloseTo(8, 3);
  });

  test('a lone long context is read by all: an eighth of the time of data-parallel attention', () => {
    const bytes = { memoryBytesPerSec: 1e9 };
    const grow = (attention: 'data' | 'context') => {
      const of = (tokens: number) =>
        deviceMs('deepseek-v3', bytes, { ...eight, attention }, rows(1, tokens));
      return of(100_000) - of(50_000);
    };
    expect(grow('data') / grow('context')).toBeCloseTo(8, 4);
  });

  test('partial outputs are exchanged: 64 heads of 128 beside a hidden state of 8,192', () => {
    const slow = { scaleUp: { ...scaleUp, bytesPerSec: 1e6 } };
    const time = (attention: 'tensor' | 'context') =>
      deviceMs('llama-3.1-70b', slow, { tensorParallel: 8, attention }, chunkShape(4096));
    // Two all-reduces of 8,192 elements against two and one more of 64 · 128.
    expect(time('context') / time('tensor')).toBeCloseTo(1.5, 3);
  });
});

describe('unequal contexts under data-parallel attention', () => {
  test('16 sequences on 8: the busiest has two of them and 1.434 · 0.6 · √2 mean contexts more', () => {
    const bytes = { memoryBytesPerSec: 1e9 };
    const data = { ...eight, attention: 'data' } as const;
    const growth = (contextSpread: number, count: number) => {
      const of = (tokens: number) =>
        deviceMs('deepseek-v3', bytes, { ...data, contextSpread }, rows(count, tokens));
      return of(20_000) - of(10_000);
    };
    expect(growth(0.6, 16) / growth(0, 16)).toBeCloseTo(
      1 + (largestOf(8) * 0.6 * Math.SQRT2) / 2,
      6,
    );
    // One sequence is one context, however much others differ.
    expect(growth(0.6, 1) / growth(0, 1)).toBeCloseTo(1, 9);
  });
});
