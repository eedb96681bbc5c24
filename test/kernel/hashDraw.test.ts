import { describe, expect, test } from 'vitest';
import { DrawKey, drawUniform } from '../../sim/kernel/hashDraw.js';
import { randomStreams } from '../../sim/kernel/random.js';
import { threefry, threefryWords } from '../../sim/kernel/threefry.js';

const root = new DrawKey(0x1234567, 0x89abcde);
const count = 200_000;

/** Ways in which neighbours among draws differ by one: each must look like independent numbers. */
const sequences: [string, (i: number) => number][] = [
  ['neighbouring ordinals', (i) => root.uniform(3, i)],
  ['neighbouring purposes', (i) => root.uniform(i, 0)],
  ['neighbouring low words of the key', (i) => drawUniform(5, i, 0, 0)],
  ['neighbouring high words of the key', (i) => drawUniform(i, 5, 0, 0)],
  ['neighbouring children', (i) => root.child(i).uniform(0, 0)],
  [
    'children of children',
    (i) =>
      root
        .child(i >> 9)
        .child(i & 511)
        .uniform(1, 0),
  ],
  ['keys that differ in one bit', (i) => drawUniform(1 << (i & 31), i >> 5, 0, 0)],
  ['named children', (i) => root.child(`step${i}`).uniform(0, 0)],
];

describe('drawUniform', () => {
  test.each([
    [
      [0, 0, 0, 0],
      [0x9d1c5ec6, 0x8bd50731],
    ],
    [
      [-1, -1, -1, -1],
      [0xfd36d048, 0x2d17272c],
    ],
    [
      [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3],
      [0xba3e4725, 0xf27d669e],
    ],
  ] as const)('threefry gives the published answer for %j', ([k0, k1, c0, c1], answer) => {
    threefry(k0, k1, c0, c1);
    expect(Array.from(threefryWords, (word) => word >>> 0)).toEqual(answer);
  });

  test('is a function of its place, purpose and ordinal alone', () => {
    const before = root.child('plan').child(3).uniform(2, 7);
    root.child('other').uniform(2, 7);
    expect(root.child('plan').child(3).uniform(2, 7)).toBe(before);
    expect(before).toBe(0.5950632567517614);
  });

  test.each(sequences)('fills 1,000 cells evenly over %s (chi-squared)', (_, draw) => {
    const cells = new Float64Array(1000);
    const bitCells = new Float64Array(1000);
    for (let i = 0; i < count; i++) {
      const u = draw(i);
      cells[Math.floor(u * 1000)]!++;
      // The same for the low bits, which a weak hash leaves poor.
      bitCells[Math.floor(((u * 2 ** 26) % 1) * 1000)]!++;
    }
    // 999 degrees of freedom: 1,172 and 843 are passed with p = 1e-4 each.
    for (const statistic of [cells, bitCells].map(chiSquared)) {
      expect(statistic).toBeLessThan(1172);
      expect(statistic).toBeGreaterThan(843);
    }
  });

  test.each(sequences)('has no serial correlation over %s', (_, draw) => {
    const values = Float64Array.from({ length: count }, (_, i) => draw(i) - 0.5);
    for (const lag of [1, 2, 3, 32, 512]) {
      let sum = 0;
      for (let i = lag; i < count; i++) sum += values[i]! * values[i - lag]!;
      expect(Math.abs((12 * sum) / (count - lag))).toBeLessThan(4 / Math.sqrt(count));
    }
  });

  test.each(sequences)('pairs of neighbours fill the unit square evenly over %s', (_, draw) => {
    const cells = new Float64Array(1024);
    for (let i = 0; i < count; i += 2) {
      cells[32 * Math.floor(draw(i) * 32) + Math.floor(draw(i + 1) * 32)]!++;
    }
    // 1,023 degrees of freedom.
    expect(chiSquared(cells)).toBeLessThan(1198);
  });

  test('draws for two purposes in the same places are uncorrelated', () => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const place = root.child(i);
      sum += (place.uniform(0, 0) - 0.5) * (place.uniform(1, 0) - 0.5);
    }
    expect(Math.abs((12 * sum) / count)).toBeLessThan(4 / Math.sqrt(count));
  });

  test('has 53 bits', () => {
    let odd = 0;
    for (let i = 0; i < 1000; i++) odd += (root.uniform(0, i) * 2 ** 53) % 2;
    expect(odd).toBeGreaterThan(400);
    expect(odd).toBeLessThan(600);
  });
});

describe('DrawKey', () => {
  test('100,000 places have 100,000 keys, and none is that of a draw', () => {
    const keys = new Set<string>();
    for (let i = 0; i < 50_000; i++) {
      const byIndex = root.child(i);
      const byName = root.child(String(i));
      keys.add(`${byIndex.high},${byIndex.low}`);
      keys.add(`${byName.high},${byName.low}`);
    }
    expect(keys.size).toBe(100_000);
  });

  test('a name is not the path of its parts', () => {
    const low = (key: DrawKey) => key.low;
    const names = [root.child('ab'), root.child('a').child('b'), root.child('ba'), root.child('')];
    expect(new Set(names.map(low)).size).toBe(4);
    expect(root.child('')).not.toEqual(root);
  });

  test('roots from streams of other seeds differ', () => {
    const fromSeed = (seed: string) => DrawKey.fromStream(randomStreams(seed)('sessions'));
    expect(fromSeed('1')).toEqual(fromSeed('1'));
    expect(fromSeed('1')).not.toEqual(fromSeed('2'));
  });
});

function chiSquared(cells: Float64Array): number {
  const expected = cells.reduce((sum, n) => sum + n, 0) / cells.length;
  return cells.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
}
