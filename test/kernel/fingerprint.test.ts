import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fingerprint } from '../../sim/kernel/fingerprint.js';

function digestOf(...numbers: number[]): string {
  const fingerprint = new Fingerprint();
  for (const number of numbers) fingerprint.addNumber(number);
  return fingerprint.digest();
}

describe('Fingerprint', () => {
  test('is 16 hexadecimal digits, the same on every machine', () => {
    expect([digestOf(), digestOf(1), digestOf(0.1, 2, 1e300)]).toEqual([
      'cd474e6bac80784b',
      'fdad4911d74e13a9',
      '367310cc73199e80',
    ]);
  });

  test('sees the last bit, the order, and a number more', () => {
    expect(digestOf(1 + 2 ** -52)).not.toBe(digestOf(1));
    expect(digestOf(1, 2)).not.toBe(digestOf(2, 1));
    expect(digestOf(0)).not.toBe(digestOf());
    expect(digestOf(0, 0)).not.toBe(digestOf(0));
    expect(digestOf(-1)).not.toBe(digestOf(1));
    expect(digestOf(Infinity)).not.toBe(digestOf(NaN));
  });

  test('takes both zeros for one number, and all NaN for one', () => {
    const bits = new BigUint64Array([0xfff8000000000001n]);
    const otherNaN = new Float64Array(bits.buffer)[0]!;
    expect(digestOf(-0)).toBe(digestOf(0));
    expect(digestOf(otherNaN)).toBe(digestOf(NaN));
  });

  test('whole numbers hash apart, −1 and 2^31 − 1 included', () => {
    const digests = [-(2 ** 31), -1, 0, 1, 2 ** 31 - 1].map((value) => {
      const fingerprint = new Fingerprint();
      fingerprint.addInteger(value);
      return fingerprint.digest();
    });
    expect(new Set([...digests, digestOf(1), digestOf(0), digestOf(NaN)]).size).toBe(8);
  });

  test('digest() does not disturb what follows', () => {
    const fingerprint = new Fingerprint();
    fingerprint.addNumber(1);
    fingerprint.digest();
    fingerprint.addNumber(2);
    expect(fingerprint.digest()).toBe(digestOf(1, 2));
  });

  test('two lists of numbers have one digest only if they are one list', () => {
    const numbers = fc.array(fc.double({ noDefaultInfinity: true }), { maxLength: 4 });
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const same = a.length === b.length && a.every((x, i) => Object.is(x + 0, b[i]! + 0));
        return same === (digestOf(...a) === digestOf(...b));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test('200,000 neighbouring times have 200,000 digests, and each bit is set in half of them', () => {
    const digests = new Set<string>();
    const ones = new Array<number>(64).fill(0);
    for (let i = 0; i < 200_000; i++) {
      const digest = digestOf(1000 + i * 2 ** -27, 3);
      digests.add(digest);
      if (i >= 20_000) continue;
      for (let bit = 0; bit < 64; bit++) {
        ones[bit]! += (Number.parseInt(digest[bit >> 2]!, 16) >> (bit & 3)) & 1;
      }
    }
    expect(digests.size).toBe(200_000);
    // 5 standard deviations of a fair coin.
    for (const count of ones) expect(Math.abs(count - 10_000)).toBeLessThan(354);
  });
});
