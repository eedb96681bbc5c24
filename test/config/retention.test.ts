import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EnginePoolSpec } from '../../sim/run/scenario.js';
import { loadText, loadValid } from './loadText.js';

const base = readFileSync(new URL('../badinputs/base.yaml', import.meta.url), 'utf8');
const withRetention = (retention: string, keys = '', pool = '') =>
  base
    .replace('    engine:\n', `    engine:\n      retention: ${retention}\n${keys}`)
    .replace('    replicas: 2\n', `    replicas: 2\n${pool}`);

function mistakes(text: string): string[] {
  const result = loadText(text);
  return result.ok ? [] : result.mistakes.map(({ code, message }) => `${code} ${message}`);
}

test('what becomes of contexts over gaps is none, unless the file says so', () => {
  const overGaps = (text: string) =>
    (loadValid(text).scenario.pools[0] as EnginePoolSpec).engine.overGaps;
  expect(overGaps(withRetention('lru'))).toBeUndefined();
  expect(overGaps(withRetention('cost-based'))).toEqual({ kind: 'cost-based' });
  expect(overGaps(withRetention('{ pin: { for: 2min } }'))).toEqual({
    kind: 'pin',
    forMs: 120_000,
  });
  expect(overGaps(withRetention('offload', '', '    tiers: [dram]\n'))).toEqual({
    kind: 'offload',
  });
});

test('offloading needs tiers, and all of them a prefix cache', () => {
  expect(mistakes(withRetention('offload'))).toEqual([
    'E_VALUE contexts can only be offloaded to tiers, and this pool has none',
  ]);
  expect(mistakes(withRetention('cost-based', '      prefixCache: false\n'))).toEqual([
    'E_VALUE cost-based is about caches, but prefixCache is off',
  ]);
  expect(mistakes(withRetention('offlaod'))).toEqual([
    'E_VALUE expected a retention, found text "offlaod"',
  ]);
});
