import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../sim/hardware/deployment.js';
import { type IterationCost, iterationCost } from '../../sim/hardware/iterationCost.js';
import type { TimeGrid } from '../../sim/kernel/timeGrid.js';
import { compareResults } from '../engine/compareResults.js';
import { randomWorld } from '../engine/randomWorld.js';
import { runFast } from '../engine/runFast.js';
import { deployment } from './deployments.js';
import { plainAccelerator } from './plainAccelerator.js';

const worldsEach = 40;

/** Measured in no place: uneven steps, so that iterations must be added one by one. */
const table = plainAccelerator({
  cost: {
    kind: 'table',
    decode: {
      rows: [1, 8, 32],
      contextTokens: [0, 100, 2000],
      timesMs: [
        [5, 5.3, 7.1],
        [6, 6.9, 11.3],
        [8, 9.7, 30.1],
      ],
    },
    prefill: {
      tokens: [1, 256, 2048],
      priorTokens: [0, 1000],
      timesMs: [
        [5, 5.5],
        [7, 8.1],
        [31, 37.7],
      ],
    },
    host: { perIterationMs: 2, perRowMs: 0.01, syncMs: 0.1 },
  },
});

const deployments: Record<string, Deployment> = {
  'llama-3.1-8b on an H100': deployment('h100-sxm', 'llama-3.1-8b'),
  'llama-3.1-8b on an H100 with captured graphs': deployment('h100-sxm', 'llama-3.1-8b', {
    graphSizes: [1, 2, 4, 8, 16, 24, 32],
  }),
  'gpt-oss-120b, whose windows are short, on a B200': deployment('b200-sxm', 'gpt-oss-120b'),
  'kimi-k2.6 on 18 wafers': deployment('wse-3', 'kimi-k2.6', {
    tensorParallel: 18,
    kvPrecision: 'fp8',
  }),
  'kimi-k2.6 on 8 B200 with data-parallel attention': deployment('b200-sxm', 'kimi-k2.6', {
    tensorParallel: 8,
    weightPrecision: 'fp4',
    kvPrecision: 'fp8',
    attention: 'data',
  }),
  'a table of measured times': deployment('h100-sxm', 'llama-3.1-8b', { accelerator: table }),
};

describe('with the costs of shipped profiles the fast engine agrees with the reference to the last bit', () => {
  test.each(Object.keys(deployments))(`in ${worldsEach} worlds: %s`, (name) => {
    const costs = new Map<number, IterationCost>();
    const costOn = (grid: TimeGrid) => {
      const cost = costs.get(grid.quantumMs) ?? iterationCost(deployments[name]!, grid);
      costs.set(grid.quantumMs, cost);
      return cost;
    };
    let iterations = 0;
    for (let seed = 1; seed <= worldsEach; seed++) {
      const { world, reference } = randomWorld(seed, (_dice, grid) => costOn(grid));
      iterations += reference.iterations;
      for (const options of [{}, { maxJump: 1 }, { maxJump: 7 }]) {
        const difference = compareResults(reference, runFast(world, options));
        expect(difference, `world ${seed}, ${JSON.stringify(options)}`).toBeUndefined();
      }
    }
    expect(iterations).toBeGreaterThan(5000);
  });
});
