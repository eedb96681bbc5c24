import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  emptyBatchShape,
  type IterationCost,
  iterationCost,
} from '../../sim/hardware/iterationCost.js';
import { planMemory } from '../../sim/hardware/memoryPlan.js';
import { powerOfTwoGrid, type TimeGrid } from '../../sim/kernel/timeGrid.js';
import { chunkShape, decodeShape, deployment } from './deployments.js';
import { accelerator, acceleratorNames, model, modelNames } from './shippedProfiles.js';

/**
 * Every shipped model on every shipped accelerator, on one of them and on as many as it takes or 8, there
 * with both divisions of attention.
 */
const pairings = acceleratorNames.flatMap((hardware) =>
  modelNames.flatMap((name) => {
    const one = deployment(hardware, name);
    const { minAccelerators } = planMemory(one, 16);
    const isPipeline = one.accelerator.cost.kind === 'pipeline';
    const most = isPipeline ? minAccelerators : Math.min(8, one.accelerator.scaleUp?.domain ?? 1);
    const tensor = [...new Set([1, most])].map((tensorParallel) => ({
      name: `${name} on ${tensorParallel} ${hardware}`,
      deployment: { ...one, tensorParallel },
    }));
    if (isPipeline || most === 1) return tensor;
    const data = { ...one, tensorParallel: most, attention: 'data' as const };
    return [...tensor, { name: `${name} on ${most} ${hardware}, data-parallel`, deployment: data }];
  }),
);

const grids = [powerOfTwoGrid(27), powerOfTwoGrid(24), powerOfTwoGrid(20)];
const costs = new Map<string, IterationCost>();

function costOf(pairing: (typeof pairings)[number], grid: TimeGrid): IterationCost {
  const key = `${pairing.name} ${grid.quantumMs}`;
  const cost = costs.get(key) ?? iterationCost(pairing.deployment, grid);
  costs.set(key, cost);
  return cost;
}

/** A fitted profile may say that one row alone is slower than two (`oneToken`); no other may be. */
function hasKernelsForOne({ deployment: { accelerator } }: (typeof pairings)[number]): boolean {
  const { cost } = accelerator;
  if (cost.kind !== 'roofline') return false;
  return Object.values(cost.efficiency).some(({ oneToken = 1 }) => oneToken > 1);
}

const pairing = fc.constantFrom(...pairings);
const contexts = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 40 });
const seeded = { seed: 20_261_121, numRuns: 3000 };

describe('times of decode batches', () => {
  test('k iterations on, the time is exactly k steps longer', () => {
    const checked = fc.property(
      pairing,
      fc.constantFrom(...grids),
      contexts,
      fc.integer({ min: 1, max: 2000 }),
      (pair, grid, startContexts, k) => {
        const cost = costOf(pair, grid);
        const window = cost.windowTokens;
        // A run ends where a row leaves the window.
        const left = startContexts.map((tokens) => window - tokens).filter((rest) => rest > 0);
        const steps = Math.min(k, ...left);
        const later = startContexts.map((tokens) => tokens + steps);
        const growthMs = cost.decodeGrowthMs(startContexts.length, left.length);
        expect(cost.deviceMs(decodeShape(later, window))).toBe(
          cost.deviceMs(decodeShape(startContexts, window)) + steps * growthMs,
        );
      },
    );
    fc.assert(checked, seeded);
  });

  test('and their parts lie on the grid', () => {
    const checked = fc.property(
      pairing,
      fc.constantFrom(...grids),
      contexts,
      fc.integer({ min: 1, max: 8192 }),
      (pair, grid, all, chunk) => {
        const cost = costOf(pair, grid);
        const decodes = decodeShape(all, cost.windowTokens);
        const mixed = {
          ...chunkShape(chunk, 0, cost.windowTokens),
          decodeRows: decodes.decodeRows,
          decodeContextTokens: decodes.decodeContextTokens,
          windowedDecodeContextTokens: decodes.windowedDecodeContextTokens,
          sampledRows: decodes.decodeRows + 1,
        };
        const values = [
          cost.deviceMs(decodes),
          cost.deviceMs(mixed),
          cost.decodeGrowthMs(all.length, 0),
          cost.decodeGrowthMs(all.length, all.length),
          cost.hostMs(all.length),
          cost.syncMs,
        ];
        for (const value of values) {
          expect(Number.isInteger(value / grid.quantumMs)).toBe(true);
          expect(value).toBeGreaterThanOrEqual(0);
        }
      },
    );
    fc.assert(checked, seeded);
  });

  test('never fall when a context is longer, and a row more never shortens those of equal contexts', () => {
    const checked = fc.property(
      pairing,
      contexts,
      fc.integer({ min: 1, max: 5000 }),
      (pair, all, more) => {
        const cost = costOf(pair, grids[0]!);
        const window = cost.windowTokens;
        const baseMs = cost.deviceMs(decodeShape(all, window));
        const longer = all.map((tokens, row) => (row === 0 ? tokens + more : tokens));
        expect(cost.deviceMs(decodeShape(longer, window))).toBeGreaterThanOrEqual(baseMs);

        const fewest = hasKernelsForOne(pair) ? 2 : 1;
        const equal = new Array<number>(Math.max(fewest, all.length)).fill(all[0]!);
        // The windowed share of a row is rounded per number of rows.
        const rounding = grids[0]!.quantumMs * window * equal.length;
        expect(cost.deviceMs(decodeShape([...equal, all[0]!], window))).toBeGreaterThanOrEqual(
          cost.deviceMs(decodeShape(equal, window)) - rounding,
        );
      },
    );
    fc.assert(checked, seeded);
  });
});

describe('times of prompts', () => {
  test('rise with the chunk and with the tokens before it', () => {
    const checked = fc.property(
      pairing,
      fc.integer({ min: 1, max: 8000 }),
      fc.integer({ min: 0, max: 150_000 }),
      (pair, chunk, prior) => {
        const cost = costOf(pair, grids[0]!);
        const window = cost.windowTokens;
        const timeMs = cost.deviceMs(chunkShape(chunk, prior, window));
        expect(cost.deviceMs(chunkShape(chunk + 64, prior, window))).toBeGreaterThan(timeMs);
        expect(cost.deviceMs(chunkShape(chunk, prior + 1000, window))).toBeGreaterThanOrEqual(
          timeMs,
        );
      },
    );
    fc.assert(checked, { ...seeded, numRuns: 500 });
  });
});

describe('every pairing', () => {
  test.each(pairings)('$name has a memory plan, and never uses more than its peaks', (pair) => {
    const plan = planMemory(pair.deployment, 16);
    expect(plan.kvBlocks).toBeGreaterThanOrEqual(0);
    expect(plan.problem === undefined).toBe(plan.kvBlocks > 0);
    expect(plan.minAccelerators).toBeGreaterThanOrEqual(1);

    const cost = costOf(pair, grids[0]!);
    const { accelerator: chip } = pair.deployment;
    if (chip.cost.kind !== 'roofline') return;
    const shapes = [
      decodeShape([1000], cost.windowTokens),
      decodeShape(new Array<number>(128).fill(10_000), cost.windowTokens),
      chunkShape(8192, 0, cost.windowTokens),
    ];
    for (const shape of shapes) {
      const { memoryBytes, flops } = cost.work(shape);
      const seconds = cost.deviceMs(shape) / 1000;
      const fastest = Math.max(...Object.values(chip.peakFlops));
      expect(memoryBytes / seconds / chip.memoryBytesPerSec).toBeLessThanOrEqual(1);
      expect(flops / seconds / fastest).toBeLessThanOrEqual(1);
    }
  });

  test('an empty batch does no work', () => {
    for (const hardware of acceleratorNames) {
      const cost = iterationCost(deployment(hardware, 'llama-3.1-8b'), grids[0]!);
      expect(cost.work(emptyBatchShape())).toEqual({ memoryBytes: 0, flops: 0 });
    }
  });

  test('speeds known by model name are those of shipped models', () => {
    for (const hardware of acceleratorNames) {
      const { cost } = accelerator(hardware);
      if (cost.kind !== 'pipeline') continue;
      for (const name of Object.keys(cost.byModel)) expect(model(name).name).toBe(name);
    }
  });
});
