import { describe, expect, test } from 'vitest';
import { bilinear } from '../../sim/hardware/bilinear.js';
import { iterationCost } from '../../sim/hardware/iterationCost.js';
import type { TableParameters } from '../../sim/hardware/tableParameters.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { chunkShape, decodeShape, deployment } from './deployments.js';
import { plainAccelerator } from './plainAccelerator.js';

const grid = powerOfTwoGrid(27);

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

const cost = iterationCost(
  deployment('h100-sxm', 'llama-3.1-8b', { accelerator: plainAccelerator({ cost: parameters }) }),
  grid,
);

describe('between and beyond points', () => {
  const surface = bilinear(
    [1, 5],
    [0, 1000],
    [
      [8, 10],
      [12, 20],
    ],
  );

  test.each([
    ['on a point', 5, 1000, 20],
    ['between rows', 3, 0, 10],
    ['between columns', 1, 500, 9],
    ['in the middle of four points', 3, 500, 12.5],
    ['beyond both, along the last lines', 9, 2000, 16 + 2 * 14 - 0],
  ])('%s', (_where, row, column, value) => {
    expect(surface(row, column)).toBeCloseTo(value, 12);
  });

  test('never below zero', () => {
    expect(bilinear([1, 2], [0], [[1], [10]])(0, 0)).toBe(0);
  });

  test('an axis of one point is constant', () => {
    expect(bilinear([1, 2], [0], [[1], [3]])(1.5, 999)).toBe(2);
  });
});

describe('iterations', () => {
  test('decodes are looked up by rows and mean context', () => {
    expect(cost.deviceMs(decodeShape([0, 500, 1000]))).toBe(12.5);
  });

  test('a prompt is looked up by its tokens', () => {
    expect(cost.deviceMs(chunkShape(51))).toBe(18);
  });

  test('beside decodes a prompt adds what its tokens add: 50 tokens at 0.2 ms', () => {
    const chunk = chunkShape(50);
    const mixed = { ...chunk, decodeRows: 3, decodeContextTokens: 1500, sampledRows: 4 };
    expect(cost.deviceMs(mixed)).toBeCloseTo(12.5 + 10, 7);
  });

  test('an empty batch takes no time, and nothing promises that times are affine', () => {
    expect(cost.deviceMs(decodeShape([]))).toBe(0);
    expect(cost.isAffine).toBe(false);
    expect(cost.hostMs(3)).toBe(1);
  });
});
