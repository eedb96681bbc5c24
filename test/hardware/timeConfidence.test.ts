import { describe, expect, test } from 'vitest';
import type { Accelerator, Calibration } from '../../sim/hardware/accelerator.js';
import { timeConfidence } from '../../sim/hardware/timeConfidence.js';
import { deployment } from './deployments.js';
import { plainAccelerator } from './plainAccelerator.js';

const fitted: Calibration = {
  kind: 'fitted',
  on: 'steps',
  engine: 'vllm 0.24.0',
  date: '2026-08',
  error: 0.03,
  heldOut: 0.04,
  measured: {
    models: ['llama-3.1-8b'],
    weights: ['bf16'],
    accelerators: [1, 8],
    sequences: 512,
    contextTokens: 65_536,
  },
};

function judged(calibration: Calibration, changes = {}, maxSequences = 256) {
  const accelerator: Accelerator = plainAccelerator({ calibration });
  return timeConfidence(
    deployment('h100-sxm', 'llama-3.1-8b', { accelerator, ...changes }),
    maxSequences,
  );
}

describe('what stands behind the times of a deployment', () => {
  test('what was measured is calibrated, and bears the held-out error; longer contexts are told', () => {
    expect(judged(fitted)).toEqual({
      kind: 'calibrated',
      error: 0.04,
      beyond: [],
      unmeasuredFromTokens: 65_536,
    });
  });

  test.each([
    [{ tensorParallel: 16 }, 256, '16 accelerators, measured up to 8'],
    [{ weightPrecision: 'fp8' }, 256, 'fp8 weights were not measured'],
    [{}, 1024, 'up to 1024 sequences, measured up to 512'],
    [{ attention: 'context', tensorParallel: 2 }, 256, 'context-parallel attention'],
  ])('%j with %d sequences: extrapolated, at least 15%%', (changes, sequences, beyond) => {
    expect(judged(fitted, changes, sequences)).toMatchObject({
      kind: 'extrapolated',
      error: 0.15,
      beyond: [beyond],
    });
  });

  test('a group whose all-reduce was not measured over PCIe is extrapolated; over NVLink bandwidth tells', () => {
    const table = { accelerators: 8, messageBytes: [1e6], timesMs: [1] };
    const link = { domain: 8, bytesPerSec: 64e9, latencyMs: 0.02, allReduce: [table] };
    const over = (type: 'pcie' | 'nvlink', tensorParallel: number) => {
      const accelerator = plainAccelerator({ calibration: fitted, scaleUp: { ...link, type } });
      return timeConfidence(
        deployment('h100-sxm', 'llama-3.1-8b', { accelerator, tensorParallel }),
        256,
      ).beyond;
    };
    expect(over('pcie', 4)).toEqual(['all-reduce of 4 accelerators over PCIe was not measured']);
    expect(over('pcie', 8)).toEqual([]);
    expect(over('pcie', 1)).toEqual([]);
    expect(over('nvlink', 4)).toEqual([]);
  });

  test('an estimate bears its band, a wider one for a model without a public speed; a fit without a recorded range is taken at its word', () => {
    const estimate: Calibration = { kind: 'estimate', band: 0.3, because: 'public speeds' };
    expect(judged(estimate)).toMatchObject({ kind: 'estimate', error: 0.3 });
    const wafers = (model: string) => timeConfidence(deployment('wse-3', model), 256);
    expect(wafers('kimi-k2.6')).toMatchObject({ kind: 'estimate', error: 0.3, beyond: [] });
    expect(wafers('qwen3-235b-a22b')).toMatchObject({
      error: 0.8,
      beyond: ['no speed of qwen3-235b-a22b is known'],
    });
    expect(wafers('qwen3-32b').error).toBe(1.7);
    const { measured: _, ...rest } = fitted as Extract<Calibration, { kind: 'fitted' }>;
    expect(judged(rest)).toMatchObject({ kind: 'calibrated', error: 0.04 });
  });
});
