import { describe, expect, test } from 'vitest';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import { type BatchShape, iterationCost } from '../../sim/hardware/iterationCost.js';
import { contextsThatFit, planMemory } from '../../sim/hardware/memoryPlan.js';
import { modelShare } from '../../sim/hardware/modelShare.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { chunkShape, decodeShape, deployment } from './deployments.js';
import { plainAccelerator, plainRoofline } from './plainAccelerator.js';
import { model } from './shippedProfiles.js';

const grid = powerOfTwoGrid(27);
const scaleUp = { domain: 8, bytesPerSec: 1e12, latencyMs: 0, allReduce: [] };

function costOf(name: string, changes: Partial<Accelerator>, more: Partial<Deployment>) {
  const accelerator = plainAccelerator({ scaleUp, ...changes });
  return iterationCost(
    deployment('h100-sxm', name, { accelerator, attention: 'data', ...more }),
    grid,
  );
}

const rows = (count: number, tokens: number) => decodeShape(new Array<number>(count).fill(tokens));

describe('what each accelerator holds', () => {
  test('DeepSeek V3 on 8: all attention and an eighth of the rest', () => {
    const one = modelShare(model('deepseek-v3'), 1, 'fp8', 'bf16');
    const tensor = modelShare(model('deepseek-v3'), 8, 'fp8', 'bf16', 'tensor');
    const data = modelShare(model('deepseek-v3'), 8, 'fp8', 'bf16', 'data');
    // 7,168·1,536 + 1,536·128·192 + 7,168·576 + 512·128·256 + 128·128·7,168 = 187,105,280 per layer.
    expect(one.attentionFlopsPerToken).toBe(2 * 61 * 187_105_280);
    expect(data.attentionFlopsPerToken).toBe(one.attentionFlopsPerToken);
    expect(data.denseBytes - tensor.denseBytes).toBe((7 / 8) * 61 * 187_105_280);
    expect(data.full).toEqual(one.full);
    expect(data.denseFlopsPerToken).toBe(one.denseFlopsPerToken / 8);
    expect(data.bytesPerExpert).toBe(one.bytesPerExpert / 8);
  });

  test('KV is held once: 8 accelerators have room for 8 times the tokens of one', () => {
    const eight = { tensorParallel: 8, weightPrecision: 'fp4', kvPrecision: 'fp8' } as const;
    const tensor = planMemory(deployment('b200-sxm', 'kimi-k2.6', eight), 16);
    const data = planMemory(
      deployment('b200-sxm', 'kimi-k2.6', { ...eight, attention: 'data' }),
      16,
    );
    expect(data.kvBytesPerToken).toBe(35_136 / 8);
    expect(tensor.sequenceBlocks).toBe(tensor.kvBlocks);
    expect(data.kvBlocks).toBe(8 * data.sequenceBlocks);
    // 173.47 GB less 85.07 GB of weights, over 35,136 B · 16.
    expect(data.sequenceBlocks).toBe(157_245);
  });

  test('Kimi K2.6 on eight B200 of 193 GB, NVFP4 weights and FP8 KV: 707 GB, 20.1 million tokens', () => {
    const plan = planMemory(
      deployment('b200-sxm', 'kimi-k2.6', {
        tensorParallel: 8,
        weightPrecision: 'fp4',
        kvPrecision: 'fp8',
        attention: 'data',
      }),
      16,
    );
    expect((plan.kvBlocks * 16) / 1e6).toBeCloseTo(20.13, 2);
    // 22 whole contexts on each.
    expect(contextsThatFit(plan, 110_000)).toBe(176);
  });

  test('a machine of layers has no ranks', () => {
    const wafers = { tensorParallel: 18, kvPrecision: 'fp8' } as const;
    const plain = planMemory(deployment('wse-3', 'kimi-k2.6', wafers), 16);
    expect(
      planMemory(deployment('wse-3', 'kimi-k2.6', { ...wafers, attention: 'data' }), 16),
    ).toEqual(plain);
  });
});

describe('decode', () => {
  // DeepSeek V3, fp8 KV: 61·576 B = 35,136 B per token, at 1 TB/s.
  const cost = costOf(
    'deepseek-v3',
    { peakFlops: { bf16: 1e21 } },
    { tensorParallel: 8, kvPrecision: 'fp8' },
  );
  const contextMs = (count: number) =>
    cost.deviceMs(rows(count, 100_000)) - cost.deviceMs(rows(count, 0));

  test.each([
    [1, 1],
    [8, 1],
    [9, 2],
    [16, 2],
    [17, 3],
  ])(
    'of %d sequences of 100,000 tokens the busiest of 8 reads %d: 3.5136 ms each',
    (count, most) => {
      // 100,000 steps of the time grid, each rounded by up to half of 7.5 ps.
      expect(contextMs(count)).toBeCloseTo(3.5136 * most, 3);
    },
  );

  test('one more token in every context is read by as many rows as the busiest has', () => {
    expect(cost.decodeGrowthMs(9, 0)).toBeCloseTo(2 * 35_136e-9, 7);
  });

  test('its weights stream all attention: 2·61·187,105,280·(1 − 1/8) B more than tensor parallelism', () => {
    const more = { tensorParallel: 8, weightPrecision: 'bf16' } as const;
    const fast = { peakFlops: { bf16: 1e21 } };
    const data = costOf('deepseek-v3', fast, more);
    const tensor = costOf('deepseek-v3', fast, { ...more, attention: 'tensor' });
    // One all-reduce of 14,336 B per layer less: 7/4 · 14,336 B / 1 TB/s · 61.
    const collectiveMs = (61 * 1.75 * 14_336) / 1e9;
    const addedMs = data.deviceMs(rows(1, 0)) - tensor.deviceMs(rows(1, 0));
    expect(addedMs).toBeCloseTo(19.97348864 - collectiveMs, 4);
  });

  test('with graphs every rank is padded as the busiest: 9 rows on 8 run as 8 times 4', () => {
    const slow = { peakFlops: { bf16: 1e12 }, memoryBytesPerSec: 1e18 };
    const more = { tensorParallel: 8, graphSizes: [1, 4] };
    const padded = costOf('llama-3.1-8b', slow, more);
    const exact = costOf('llama-3.1-8b', slow, { tensorParallel: 8 });
    // 9 heads are sampled, not 32: 23 · 2 · 525,336,576 / 8 operations less, at 1 TFLOP/s.
    const headMs = (23 * 2 * 525.336576e6) / 8 / 1e9;
    expect(padded.deviceMs(rows(9, 0))).toBeCloseTo(exact.deviceMs(rows(32, 0)) - headMs, 5);
  });
});

describe('prompts', () => {
  const cost = costOf(
    'llama-3.1-8b',
    { memoryBytesPerSec: 1e18, scaleUp: { ...scaleUp, bytesPerSec: 1e18 } },
    { tensorParallel: 8 },
  );
  const both = (count: number): BatchShape => {
    const one = chunkShape(1000);
    return {
      ...one,
      chunks: count,
      chunkTokens: count * one.chunkTokens,
      chunkPairs: count * one.chunkPairs,
      sampledRows: count,
    };
  };

  test('one chunk is attended to by one accelerator and fed forward by all', () => {
    // 1,000 tokens · (2·1.342177280 G of attention + 2·5.637144576 G / 8) + head 2·525,336,576 / 8,
    // and 500,500 pairs · 524,288, at 1 PFLOP/s.
    const multiplyMs = (2 * 1.34217728e12 + (2 * 5.637144576e12 + 2 * 525_336_576) / 8) / 1e12;
    expect(cost.deviceMs(both(1))).toBeCloseTo(multiplyMs + 0.262406144, 5);
  });

  test('eight chunks take each of 8 accelerators as long as one does, the feed-forward block apart', () => {
    const feedForwardMs = (7 * (2 * 5.637144576e12 + 2 * 525_336_576)) / 8 / 1e12;
    expect(cost.deviceMs(both(8)) - cost.deviceMs(both(1))).toBeCloseTo(feedForwardMs, 5);
    expect(cost.deviceMs(both(9)) - cost.deviceMs(both(8))).toBeGreaterThan(2 * 1.34217728);
  });
});

test('one all-gather and one reduce-scatter cost an all-reduce and a second start', () => {
  const slow = { domain: 8, bytesPerSec: 1e9, latencyMs: 0.5, allReduce: [] };
  const timeMs = (attention: 'tensor' | 'data', bytesPerSec: number) =>
    costOf(
      'llama-3.1-8b',
      { scaleUp: { ...slow, bytesPerSec } },
      { tensorParallel: 2, attention },
    ).deviceMs(rows(2, 0));
  // 2 rows of 8,192 B over 32 layers, all-reduced by 2 at 1 GB/s.
  const oneMs = 32 * 0.016384;
  expect(timeMs('data', 1e9) - timeMs('data', 1e18)).toBeCloseTo(oneMs, 5);
  expect(timeMs('tensor', 1e9) - timeMs('tensor', 1e18)).toBeCloseTo(2 * oneMs, 5);
});

test('work is the mean of the accelerators: 9 sequences on 8 are 9/8 contexts each', () => {
  const cost = costOf('llama-3.1-8b', {}, { tensorParallel: 8, kvPrecision: 'bf16' });
  const { memoryBytes } = cost.work(rows(9, 1000));
  // 2.684354560 GB of attention, an eighth of 11.274289152 GB and of the head, 9,000 · 131,072 B / 8.
  expect(memoryBytes).toBe(2_684_354_560 + (11_274_289_152 + 1_050_673_152 + 9000 * 131_072) / 8);
});

test('on one accelerator both divisions are the same', () => {
  const parameters = { ...plainRoofline, perSequenceMs: 0.001 };
  const shapes = [rows(3, 1000), chunkShape(100, 200)];
  for (const shape of shapes) {
    const timeMs = (attention: 'tensor' | 'data') =>
      costOf('llama-3.1-8b', { cost: parameters }, { attention }).deviceMs(shape);
    expect(timeMs('data')).toBe(timeMs('tensor'));
  }
});

describe('Kimi K2.6 on eight B200 at 110,000 tokens, near the speeds of the flagship estimate', () => {
  const cost = iterationCost(
    deployment('b200-sxm', 'kimi-k2.6', {
      tensorParallel: 8,
      weightPrecision: 'fp4',
      kvPrecision: 'fp8',
      attention: 'data',
    }),
    grid,
  );

  test.each([
    [1, 138],
    [16, 77],
    [32, 56],
    [64, 41],
  ])('%d sequences: %d tokens/s each, within 10%', (count, speed) => {
    const timeMs = cost.deviceMs(rows(count, 110_000)) + cost.syncMs;
    expect(Math.abs(1000 / timeMs / speed - 1)).toBeLessThan(0.1);
  });

  test('8 sequences: 109.7 tokens/s each, 10.8% above the 99 of the estimate', () => {
    const timeMs = cost.deviceMs(rows(8, 110_000)) + cost.syncMs;
    expect(1000 / timeMs).toBeCloseTo(109.7, 1);
  });
});
