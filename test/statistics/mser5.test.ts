import { describe, expect, test } from 'vitest';
import { randomStreams } from '../../sim/kernel/random.js';
import { mser5 } from '../../sim/statistics/mser5.js';

const noise = (stream: string) => {
  const uniform = randomStreams('mser')(stream);
  return () => uniform() - 0.5;
};

describe('mser5', () => {
  test('cuts a ramp of 100 values off a level series: exactly there without noise', () => {
    const series = Array.from({ length: 1000 }, (_, i) => Math.min(i, 100));
    expect(mser5(series)).toEqual({ cutIndex: 100, verdict: 'found' });
  });

  test('with noise a tenth of the ramp it cuts at most 3 means away from there', () => {
    const next = noise('ramp');
    const series = Array.from({ length: 1000 }, (_, i) => Math.min(i, 100) + 10 * next());
    const { cutIndex, verdict } = mser5(series);
    expect(verdict).toBe('found');
    expect(Math.abs(cutIndex - 100)).toBeLessThanOrEqual(15);
  });

  test('cuts a high start as well as a low one', () => {
    const next = noise('decay');
    const series = Array.from({ length: 2000 }, (_, i) => 50 * Math.exp(-i / 60) + next());
    const { cutIndex, verdict } = mser5(series);
    expect(verdict).toBe('found');
    expect(cutIndex).toBeGreaterThan(150);
    expect(cutIndex).toBeLessThan(500);
  });

  test('cuts nothing off a level series', () => {
    expect(mser5(new Float64Array(500).fill(3))).toEqual({ cutIndex: 0, verdict: 'found' });
  });

  test('cuts little off noise: under a fifth on average over 100 series', () => {
    let cut = 0;
    for (let i = 0; i < 100; i++) {
      const next = noise(`level ${i}`);
      cut += mser5(Array.from({ length: 500 }, next)).cutIndex;
    }
    expect(cut / 100).toBeLessThan(100);
  });

  test.each([
    ['a series that grows to the end', Array.from({ length: 1000 }, (_, i) => i)],
    ['a level reached in the last third', Array.from({ length: 900 }, (_, i) => Math.min(i, 600))],
    ['49 values', new Array<number>(49).fill(1)],
    ['nothing', []],
  ])('refuses %s', (_, series) => {
    expect(mser5(series)).toEqual({ cutIndex: 0, verdict: 'refused' });
  });
});
