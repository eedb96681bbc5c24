import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Outcome } from '../../sim/facts/requestTable.js';
import type { EnginePoolSpec } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { loadText, loadValid } from './loadText.js';

const base = readFileSync(new URL('../badinputs/base.yaml', import.meta.url), 'utf8');
const withKeys = (keys: string) => base.replace('    replicas: 2\n', `    ${keys}\n`);
const wafers = base
  .replace('llama-3.1-8b', 'kimi-k2.6')
  .replace(
    'hardware: h100-sxm',
    'hardware: wse-3\n    kv: fp8\n    memory: 95%\n    accelerators: 18',
  )
  .replace('    replicas: 2\n', '    maxContext: 131k tokens\n    price: owned\n');

const pool = (text: string) => loadValid(text).scenario.pools[0] as EnginePoolSpec;

function codes(text: string): string[] {
  const result = loadText(text);
  return result.ok ? [] : result.mistakes.map(({ code }) => code);
}

describe('attention', () => {
  test('is divided by heads unless the file says by sequences', () => {
    expect(pool(base).deployment.attention).toBeUndefined();
    const text = withKeys('tensorParallel: 4\n    attention: data');
    expect(pool(text).deployment.attention).toBe('data');
    expect(loadValid(text).pools.find(({ name }) => name === 'gpu')?.precision).toBe(
      'bf16 weights, bf16 KV, data-parallel attention',
    );
  });

  test('is not divided by sequences on a pipeline machine', () => {
    expect(codes(wafers.replace('price: owned', 'attention: data'))).toEqual(['E_KEY']);
  });
});

describe('the longest context of a pool', () => {
  test('is that of the model unless the file lowers it: wafers as they are sold', () => {
    const { deployment, usdPerReplicaHour } = pool(wafers);
    expect(deployment.model.contextWindow).toBe(262_144);
    expect(deployment.maxContextTokens).toBe(131_000);
    expect(deployment.tensorParallel).toBe(18);
    expect(usdPerReplicaHour).toBeCloseTo(755.28, 6);
  });

  test.each(['0 tokens', '200k tokens'])('%s are refused', (tokens) => {
    expect(codes(withKeys(`maxContext: ${tokens}`))).toEqual(['E_RANGE']);
  });

  test('a request whose prompt and output exceed it never fits', () => {
    const fixed = withKeys('maxContext: 1099 tokens')
      .replace(/prompt: .*/, 'prompt: 1000 tokens')
      .replace(/output: .*/, 'output: 100 tokens');
    const outcomes = (text: string) => {
      const { requests } = simulate(loadValid(text).scenario, { seed: '1', replication: 0 });
      return new Set(requests.outcome.subarray(0, requests.count));
    };
    expect(outcomes(fixed)).toEqual(new Set([Outcome.neverFits]));
    expect(outcomes(fixed.replace('1099', '1100'))).not.toContain(Outcome.neverFits);
  });
});

describe('graph sizes', () => {
  const sizes = (value: string) =>
    pool(base.replace('maxSequences: 64', `maxSequences: 64\n      graphSizes: ${value}`))
      .deployment.graphSizes;

  test('by the name of vLLM are 1, 2, 4, every 8 to 256, every 16 to 512', () => {
    const known = sizes('vllm');
    expect(known.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 24]);
    expect(known.slice(-3)).toEqual([480, 496, 512]);
    expect(known).toHaveLength(51);
    expect(sizes('[4, 2]')).toEqual([2, 4]);
  });

  test('of another name are refused', () => {
    expect(codes(base.replace('maxSequences: 64', 'graphSizes: sglang'))).toEqual(['E_VALUE']);
  });
});
