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
      ttftError: 0.04,
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

  test('an estimate bears its band, a wider one for a model without a public speed; a fit without a recorded range is extrapolated', () => {
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
    expect(judged(rest)).toMatchObject({
      kind: 'extrapolated',
      error: 0.15,
      beyond: ['what was measured is not recorded'],
      unmeasuredFromTokens: 0,
    });
  });

  const weights = { weightPrecision: 'fp8' } as const;
  const cells = [
    { model: 'llama-3.1-8b', weights: 'fp8', error: 0.2, heldOut: 0.3, ttft: 0.9 },
    { model: 'qwen3-14b', weights: 'bf16', error: 0.05 },
  ] as const;

  test('a model in a precision that was measured bears its own error; outside the rest of the range twice that', () => {
    const own = { ...fitted, cells };
    const found = { kind: 'calibrated', error: 0.3, ttftError: 0.9, beyond: [] };
    expect(judged(own, weights)).toMatchObject(found);
    expect(judged(own, { ...weights, tensorParallel: 16 })).toMatchObject({
      kind: 'extrapolated',
      error: 0.6,
      ttftError: 0.9,
    });
  });

  test('where single cells are recorded, a model measured in another precision is extrapolated', () => {
    expect(judged({ ...fitted, cells })).toMatchObject({
      kind: 'extrapolated',
      error: 0.15,
      ttftError: 0.15,
      beyond: ['llama-3.1-8b with bf16 weights was not measured'],
    });
  });

  test.each([
    ['b200-sxm', 'gpt-oss-120b', 'fp4', 'calibrated', 0.956, 0.956],
    ['h200-sxm', 'llama-3.1-8b', 'fp8', 'calibrated', 0.952, 1.595],
    ['h100-sxm', 'gpt-oss-120b', 'fp4', 'calibrated', 0.081, 0.46],
    ['h100-sxm', 'llama-3.1-8b', 'fp4', 'extrapolated', 0.15, 0.15],
    ['mi300x', 'llama-3.1-70b', 'bf16', 'extrapolated', 0.15, 0.15],
  ] as const)(
    '%s with %s in %s: %s, ±%d, TTFT ±%d',
    (hardware, model, weightPrecision, kind, error, ttftError) => {
      const own = deployment(hardware, model, { weightPrecision });
      expect(timeConfidence(own, 256)).toMatchObject({ kind, error, ttftError });
    },
  );

  test('mi300x was measured with one model, precision, group and up to 128 sequences', () => {
    const own = deployment('mi300x', 'llama-3.1-70b', {
      weightPrecision: 'fp8',
      tensorParallel: 8,
    });
    expect(timeConfidence(own, 128)).toMatchObject({ kind: 'calibrated', error: 0.025 });
    expect(timeConfidence(own, 256).kind).toBe('extrapolated');
    expect(timeConfidence({ ...own, tensorParallel: 4 }, 128).kind).toBe('extrapolated');
  });
});
