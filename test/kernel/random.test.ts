import { describe, expect, test } from 'vitest';
import { SimulatorBug } from '../../sim/kernel/invariant.js';
import { randomStreams } from '../../sim/kernel/random.js';

const first = (seed: string, purpose: string, count: number) => {
  const uniform = randomStreams(seed)(purpose);
  return Array.from({ length: count }, () => uniform());
};

describe('randomStreams', () => {
  test('the same seed and purpose give the same numbers, on every machine', () => {
    expect(first('7', 'arrivals', 3)).toEqual(first('7', 'arrivals', 3));
    expect(first('7', 'arrivals', 2)).toEqual([0.9536813096827236, 0.3290121129296708]);
  });

  test('another seed or purpose gives other numbers', () => {
    expect(first('8', 'arrivals', 1)).not.toEqual(first('7', 'arrivals', 1));
    expect(first('7', 'lengths', 1)).not.toEqual(first('7', 'arrivals', 1));
  });

  test('a stream does not depend on which others are taken, or how far they are read', () => {
    const streams = randomStreams('7');
    const other = streams('other');
    for (let i = 0; i < 100; i++) other();
    expect(streams('arrivals')()).toBe(first('7', 'arrivals', 1)[0]);
  });

  test('taking a purpose twice is a bug', () => {
    const streams = randomStreams('7');
    streams('arrivals');
    expect(() => streams('arrivals')).toThrow(SimulatorBug);
  });

  test('numbers have 53 bits, lie in [0, 1) and are uncorrelated between two purposes', () => {
    const a = first('7', 'a', 100_000);
    const b = first('7', 'b', 100_000);
    expect(a.every((u) => u >= 0 && u < 1)).toBe(true);
    // With 32 bits all would be whole multiples of 2^-32.
    expect(a.filter((u) => (u * 2 ** 32) % 1 !== 0).length).toBeGreaterThan(99_000);
    const covariance = a.reduce((sum, u, i) => sum + (u - 0.5) * (b[i]! - 0.5), 0) / a.length;
    expect(Math.abs(covariance * 12)).toBeLessThan(4 / Math.sqrt(a.length));
  });
});
