import { expect, test } from 'vitest';
import { sectionSource } from '../../src/calibrate/sectionSource.js';

const keys = ['matmul', 'weights', 'kv'];

test('a fit names the numbers that it found; the others keep their source', () => {
  const first = sectionSource(keys, 'as bf16: kernels; assumed', new Map([['weights', 'fit A']]));
  expect(first).toBe('matmul, kv: as bf16: kernels; assumed; weights: fit A');
  const second = sectionSource(keys, first, new Map([['kv', 'fit B']]));
  expect(second).toBe('matmul: as bf16: kernels; assumed; weights: fit A; kv: fit B');
  expect(sectionSource(keys, second, new Map())).toBe(second);
});

test('one source of all numbers is written once', () => {
  const fitted = new Map(keys.map((key) => [key, 'fit A']));
  expect(sectionSource(keys, 'matmul: as bf16; weights, kv: assumed', fitted)).toBe('fit A');
});
