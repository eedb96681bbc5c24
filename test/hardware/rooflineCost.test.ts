import { describe, expect, test } from 'vitest';
import type { Accelerator } from '../../sim/hardware/accelerator.js';
import type { Deployment } from '../../sim/hardware/deployment.js';
import { iterationCost } from '../../sim/hardware/iterationCost.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { chunkShape, decodeShape, deployment } from './deployments.js';
import { plainAccelerator, plainRoofline } from './plainAccelerator.js';
import { model } from './shippedProfiles.js';

const grid = powerOfTwoGrid(27);

/** Llama 3.1 8B on a made-up machine: 15.0093 GB of layers and head, 131,072 B of KV and 524,288 operations per token of context. */
function onPlain(changes: Partial<Accelerator> = {}, more: Partial<Deployment> = {}) {
  const accelerator = plainAccelerator(changes);
  return iterationCost(deployment('h100-sxm', 'llama-3.1-8b', { accelerator, ...more }), grid);
}

const streamMs = 15.009316864;

describe('on a machine that reaches its peaks', () => {
  test('a batch of one is memory-bound: 15.009 GB at 1 TB/s, and its context', () => {
    // KV 1,000 · 131,072 B = 0.131072 ms; attention 1,000 · 524,288 = 0.000524 ms; multiplication hides.
    expect(onPlain().deviceMs(decodeShape([1000]))).toBeCloseTo(15.009316864 + 0.131596288, 5);
  });

  test('when streaming and multiplying take equal times, together they take ∛2 of one', () => {
    // At 1 TFLOP/s one token takes 2 operations per parameter where streaming takes 2 bytes.
    const cost = onPlain({ peakFlops: { bf16: 1e12 } });
    const contextMs = 0.131072 + 0.524288;
    expect(cost.deviceMs(decodeShape([1000]))).toBeCloseTo(
      streamMs * 1.2599210498948732 + contextMs,
      5,
    );
  });

  test('a long prompt is compute-bound: 100,000 tokens at 1 PFLOP/s', () => {
    // Layers: 13.958643712 GFLOP per token; pairs 100,000·100,001/2, 524,288 operations each.
    const computeMs = 1395.8643712 + 2621.46621 + 0.0262144;
    const timeMs = onPlain().deviceMs(chunkShape(100_000));
    expect(Math.abs(timeMs / computeMs - 1)).toBeLessThan(1e-5);
  });

  test('a chunk reads its prior KV again and attends to it', () => {
    const cost = onPlain();
    const addedMs = cost.deviceMs(chunkShape(100, 10_000)) - cost.deviceMs(chunkShape(100));
    // 10,000 · 131,072 B = 1.31072 ms; 1,000,000 pairs · 524,288 = 0.524288 ms.
    expect(addedMs).toBeCloseTo(1.835008, 6);
  });

  test('the output head runs on sampled rows only', () => {
    const cost = onPlain();
    const sampled = chunkShape(100);
    const inTheMiddle = { ...sampled, sampledRows: 0 };
    // 128,256 · 4,096 · 2 B = 1.0507 GB at 1 TB/s, nearly all of it: multiplication is small.
    expect(cost.deviceMs(sampled) - cost.deviceMs(inTheMiddle)).toBeCloseTo(1.0505, 3);
  });

  test('an empty batch takes no time', () => {
    expect(onPlain().deviceMs(decodeShape([]))).toBe(0);
  });

  test('fp8 weights halve the stream of the layers and not that of the head', () => {
    const cost = onPlain({}, { weightPrecision: 'fp8' });
    // 6.979321856 GB of layers and 1.050673152 GB of head; no context.
    expect(cost.deviceMs(decodeShape([0]))).toBeCloseTo(8.029995008, 5);
  });
});

describe('each coefficient does what it says', () => {
  const bf16 = plainRoofline.efficiency.bf16;
  const withCost = (changes: Partial<typeof plainRoofline>) =>
    onPlain({ cost: { ...plainRoofline, ...changes } });
  const baseMs = onPlain().deviceMs(decodeShape([1000, 1000]));
  const addedMs = (changes: Partial<typeof plainRoofline>) =>
    withCost(changes).deviceMs(decodeShape([1000, 1000])) - baseMs;

  test('weights at half the bandwidth take twice as long', () => {
    expect(addedMs({ efficiency: { bf16: { ...bf16, weights: 0.5 } } })).toBeCloseTo(streamMs, 6);
  });

  test('KV at half the bandwidth takes twice as long', () => {
    expect(addedMs({ efficiency: { bf16: { ...bf16, kv: 0.5 } } })).toBeCloseTo(0.262144, 5);
  });

  test('a start-up of 10 us per layer is 0.32 ms over 32 layers', () => {
    expect(addedMs({ efficiency: { bf16: { ...bf16, perLayerMs: 0.01 } } })).toBeCloseTo(0.32, 7);
    expect(addedMs({ unfused: { perLayerMs: 0.01, activationTraffic: 0 } })).toBeCloseTo(0.32, 7);
  });

  test('a single token streams and starts otherwise, in decode as in a prompt; two tokens do not', () => {
    const alone = { ...bf16, oneToken: 2, oneTokenPerLayerMs: 0.01 };
    const cost = withCost({ efficiency: { bf16: alone } });
    for (const shape of [decodeShape([0]), chunkShape(1)])
      expect(cost.deviceMs(shape) - onPlain().deviceMs(shape)).toBeCloseTo(streamMs + 0.32, 5);
    expect(addedMs({ efficiency: { bf16: alone } })).toBe(0);
  });

  test('1 us per sequence and layer is 0.064 ms for two sequences', () => {
    expect(addedMs({ perSequenceMs: 0.001 })).toBeCloseTo(0.064, 7);
  });

  test('activations move 32·2·(8·4,096 + 2·48·128 + 3·14,336) = 5.64 MB per token', () => {
    const unfused = { perLayerMs: 0, activationTraffic: 1 };
    expect(addedMs({ unfused })).toBeCloseTo((2 * 5_636_096) / 1e9, 7);
  });

  test('a missing precision falls back to bf16: KV in fp8 only halves the bytes', () => {
    const fp8 = onPlain({}, { kvPrecision: 'fp8' });
    const bf16Ms = onPlain().deviceMs(decodeShape([1000]));
    expect(bf16Ms - fp8.deviceMs(decodeShape([1000]))).toBeCloseTo(0.065536, 4);
  });

  test('host time is per iteration and per row', () => {
    const host = { perIterationMs: 2, perRowMs: 0.25, syncMs: 0.5 };
    const cost = withCost({ host });
    expect(cost.hostMs(4)).toBe(3);
    expect(cost.syncMs).toBe(0.5);
  });
});

describe('tensor parallelism', () => {
  test('two accelerators halve weights and KV, and pay 2 all-reduces per layer', () => {
    const scaleUp = { domain: 8, bytesPerSec: 1e12, latencyMs: 0.005, allReduce: [] };
    const cost = onPlain({ scaleUp }, { tensorParallel: 2 });
    // 64 all-reduces of 8,192 B: 0.005 ms + 8.2 ns each.
    const expectedMs = streamMs / 2 + 0.131596288 / 2 + 64 * (0.005 + 8192 / 1e9);
    expect(cost.deviceMs(decodeShape([1000]))).toBeCloseTo(expectedMs, 5);
  });

  test('it does not divide the latent of MLA: KV of DeepSeek V3 grows alike on 1 and 8', () => {
    const accelerator = plainAccelerator({
      peakFlops: { bf16: 1e21 },
      scaleUp: { domain: 8, bytesPerSec: 1e12, latencyMs: 0, allReduce: [] },
    });
    const growthMs = (tensorParallel: number) =>
      iterationCost(
        deployment('h100-sxm', 'deepseek-v3', { accelerator, tensorParallel }),
        grid,
      ).decodeGrowthMs(1, 0);
    // 70,272 B at 1 TB/s
    expect(growthMs(1)).toBeCloseTo(70_272e-9, 8);
    expect(growthMs(8)).toBe(growthMs(1));
  });
});

describe('mixture of experts', () => {
  const mixtral = (tokens: number) =>
    iterationCost(
      deployment('h100-sxm', 'mixtral-8x7b', {
        accelerator: plainAccelerator({ peakFlops: { bf16: 1e21 } }),
      }),
      grid,
    ).deviceMs(decodeShape(new Array<number>(tokens).fill(0)));

  test('a batch streams the experts that it touches: of 8, one token 2 and two tokens 3.5', () => {
    // One expert over 32 layers is 32·3·4,096·14,336·2 B = 11.274 GB.
    expect(mixtral(2) - mixtral(1)).toBeCloseTo(1.5 * 11.274289152, 5);
    expect(mixtral(100) - mixtral(1)).toBeCloseTo(6 * 11.274289152, 5);
  });
});

describe('grouped multiplications of experts', () => {
  const mixtralMs = (experts: typeof plainRoofline.experts) => {
    const accelerator = plainAccelerator({
      memoryBytesPerSec: 1e18,
      peakFlops: { bf16: 1e12 },
      cost: { ...plainRoofline, experts },
    });
    const cost = iterationCost(deployment('h100-sxm', 'mixtral-8x7b', { accelerator }), grid);
    return cost.deviceMs(decodeShape([0]));
  };
  const { experts } = plainRoofline;
  const plainMs = mixtralMs(experts);

  // One token passes 2 experts of 32·3·4,096·14,336 = 5.637144576 G parameters: 22.549 GFLOP, at 1 TFLOP/s.
  test('at half the dense rate they take twice as long', () => {
    expect(mixtralMs({ ...experts, matmulShare: 0.5 }) - plainMs).toBeCloseTo(22.548578, 5);
  });

  test('10 rows of padding on each of 2 experts cost as much as 10 tokens', () => {
    expect(mixtralMs({ ...experts, paddingTokens: 10 }) - plainMs).toBeCloseTo(225.48578, 4);
  });

  test('10 us of start-up in each of 32 layers are 0.32 ms', () => {
    expect(mixtralMs({ ...experts, perLayerMs: 0.01 }) - plainMs).toBeCloseTo(0.32, 6);
  });
});

describe('sliding windows', () => {
  const sliding = { ...model('llama-3.1-8b'), slidingWindow: { layers: 32, tokens: 128 } };
  const cost = onPlain({}, { model: sliding });

  test('a context beyond the window of every layer no longer matters', () => {
    expect(cost.windowTokens).toBe(128);
    expect(cost.deviceMs(decodeShape([5000], 128))).toBe(cost.deviceMs(decodeShape([200], 128)));
    expect(cost.decodeGrowthMs(1, 0)).toBe(0);
    expect(cost.decodeGrowthMs(1, 1)).toBeGreaterThan(0);
  });

  test('where half of the layers slide, growth halves at the window', () => {
    const half = { ...sliding, slidingWindow: { layers: 16, tokens: 128 } };
    const halfSliding = onPlain({}, { model: half });
    expect(halfSliding.decodeGrowthMs(1, 1)).toBeCloseTo(2 * halfSliding.decodeGrowthMs(1, 0), 8);
  });
});

describe('captured graphs', () => {
  const slow = { peakFlops: { bf16: 1e12 } };
  const contexts = (rows: number) => decodeShape(new Array<number>(rows).fill(0));
  const exact = onPlain(slow);
  const padded = onPlain(slow, { graphSizes: [1, 2, 4, 8] });

  test('a batch of 5 runs as 8, but samples 5', () => {
    const fiveMs = padded.deviceMs(contexts(5));
    expect(fiveMs).toBeGreaterThan(exact.deviceMs(contexts(7)));
    expect(fiveMs).toBeLessThan(exact.deviceMs(contexts(8)));
  });

  test('captured sizes and batches beyond the largest run as they are', () => {
    for (const rows of [1, 2, 4, 8, 9, 100]) {
      expect(padded.deviceMs(contexts(rows))).toBe(exact.deviceMs(contexts(rows)));
    }
  });
});

test('work counts each weight, KV token and useful operation once', () => {
  const { memoryBytes, flops } = onPlain().work(decodeShape([1000, 2000]));
  expect(memoryBytes).toBe(15_009_316_864 + 3000 * 131_072);
  // 2 rows · 2 · (6,979,321,856 + 525,336,576) + 3,000 · 524,288
  expect(flops).toBe(30_018_633_728 + 1_572_864_000);
});
