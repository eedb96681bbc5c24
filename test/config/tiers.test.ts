import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EnginePoolSpec } from '../../sim/run/scenario.js';
import { loadText, loadValid } from './loadText.js';

const base = readFileSync(new URL('../badinputs/base.yaml', import.meta.url), 'utf8');
const withKeys = (keys: string) =>
  base.replace('    replicas: 2\n', `    replicas: 2\n    ${keys}\n`);

const tiering = (keys: string) =>
  (loadValid(withKeys(keys)).scenario.pools[0] as EnginePoolSpec).tiering;

function mistakes(keys: string): string[] {
  const result = loadText(withKeys(keys));
  return result.ok ? [] : result.mistakes.map(({ code, message }) => `${code} ${message}`);
}

describe('memory tiers', () => {
  test('are none unless the file names them', () => {
    expect((loadValid(base).scenario.pools[0] as EnginePoolSpec).tiering).toBeUndefined();
  });

  test('take their figures from the hardware profile, for each accelerator that uses them', () => {
    expect(tiering('tensorParallel: 2\n    tiers: [dram, remote]')).toEqual({
      // Llama 3.1 8B: 2 · 32 layers · 8 heads · 128 · 2 bytes, 16 tokens.
      blockBytes: 16 * 131_072,
      load: 'when-faster',
      minTokens: 0,
      tiers: [
        {
          name: 'dram',
          replicasPerStore: 1,
          capacityBytes: 500e9,
          bytesPerMs: 100e6,
          latencyMs: 0,
          write: 'through',
        },
        {
          name: 'remote',
          replicasPerStore: 2,
          capacityBytes: 1e12,
          bytesPerMs: 95e6,
          latencyMs: 0.5,
          write: 'through',
        },
      ],
    });
  });

  test('or from the file, where they may also be shared by the replicas of a host', () => {
    const s3 =
      '{ name: s3, capacity: 1 TB, bandwidth: 1 GB/s, latency: 10ms, scope: host, write: back }';
    const found = tiering(
      `load: { when: always, minTokens: 256 tokens }\n    tiers: [dram, ${s3}]`,
    );
    expect(found).toMatchObject({ load: 'always', minTokens: 256 });
    expect(found?.tiers[1]).toEqual({
      name: 's3',
      replicasPerStore: 8,
      capacityBytes: 1e12,
      bytesPerMs: 1e6,
      latencyMs: 10,
      write: 'back',
    });
  });

  test('stand in the arithmetic before a run', () => {
    const line = loadValid(withKeys('tiers: [dram]')).fit.find(({ kind }) => kind === 'memory');
    expect(line?.text).toMatch(/; dram: 2 × 250 GB for 3,814,688 tokens, [\d,]+ contexts$/);
  });

  test.each([
    ['tiers: [drum]', 'E_REQUIRED missing: capacity of drum; h100-sxm has no such tier'],
    [
      'tiers: [{ name: s3, capacity: 1 TB }]',
      'E_REQUIRED missing: bandwidth of s3; h100-sxm has no such tier',
    ],
    [
      'tiers: [{ name: dram, capacity: 1 MB }]',
      'E_FIT dram holds 1000000 bytes, less than a KV block of 2097152',
    ],
    ['tiers: [dram, dram]', 'E_DUP_ID dram is named twice'],
    [
      'tiers: [{ name: dram, write: back }]',
      'E_VALUE the first tier is written through: contexts are in it when blocks are evicted',
    ],
    ['load: { when: always }', 'E_KEY nothing is loaded without tiers'],
  ])('%s is refused', (keys, mistake) => {
    expect(mistakes(keys)).toEqual([mistake]);
  });

  test('need the prefix cache', () => {
    const text = withKeys('tiers: [dram]').replace(
      '    engine:\n',
      '    engine:\n      prefixCache: false\n',
    );
    const result = loadText(text);
    expect(!result.ok && result.mistakes.map(({ message }) => message)).toEqual([
      'tiers keep prefixes, but prefixCache is off',
    ]);
  });
});

test('cached blocks live as long as they are not evicted, or for a time', () => {
  const ttlMs = (retention: string) => {
    const text = base.replace('    engine:\n', `    engine:\n      retention: ${retention}\n`);
    return (loadValid(text).scenario.pools[0] as EnginePoolSpec).engine.ttlMs;
  };
  expect([ttlMs('lru'), ttlMs('{ ttl: 8min }')]).toEqual([undefined, 480_000]);
});
