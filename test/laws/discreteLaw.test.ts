import { describe, expect, test } from 'vitest';
import { SimulatorBug } from '../../sim/kernel/invariant.js';
import { cumulated, empiricalLaw, partAt, zipfLaw } from '../../sim/laws/discreteLaw.js';

describe('partAt', () => {
  test.each([
    [0, 0],
    [0.2499999999999999, 0],
    [0.25, 2],
    [0.7499999999999999, 2],
    [0.75, 3],
    [0.9999999999999999, 3],
  ])('a uniform number of %d falls to part %d of the weights 1, 0, 2, 1', (uniform, part) => {
    expect(partAt(cumulated(Float64Array.of(1, 0, 2, 1)), uniform)).toBe(part);
  });

  test('weights that do not sum up exactly leave no gap at the end', () => {
    const cumulative = cumulated(new Float64Array(10).fill(0.1));
    expect(cumulative.at(-1)).toBe(1);
    expect(partAt(cumulative, 1 - 2 ** -53)).toBe(9);
  });

  test.each([[[]], [[0, 0]], [[1, -1]], [[Infinity]], [[NaN]]])('refuses weights %j', (weights) => {
    expect(() => cumulated(Float64Array.from(weights))).toThrow(SimulatorBug);
  });
});

describe('discrete laws', () => {
  test('Zipf with exponent 0 is uniform over its ranks', () => {
    const { values, cumulative } = zipfLaw({ kind: 'zipf', count: 4, exponent: 0 });
    expect([...values]).toEqual([1, 2, 3, 4]);
    expect([...cumulative]).toEqual([0.25, 0.5, 0.75, 1]);
  });

  test('observed values are sorted with their weights', () => {
    const law = empiricalLaw({ kind: 'empirical', values: [3, 1, 2], weights: [2, 1, 1] });
    expect([...law.values]).toEqual([1, 2, 3]);
    expect([...law.cumulative]).toEqual([0.25, 0.5, 1]);
  });

  test('a law without values is a bug', () => {
    expect(() => empiricalLaw({ kind: 'empirical', values: [] })).toThrow(SimulatorBug);
    expect(() => zipfLaw({ kind: 'zipf', count: 0, exponent: 1 })).toThrow(SimulatorBug);
    const uneven = { kind: 'empirical', values: [1, 2], weights: [1] } as const;
    expect(() => empiricalLaw(uneven)).toThrow(SimulatorBug);
  });
});
