import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalMs } from '../../src/traces/decimalMs.js';
import { plainInteger } from '../../src/traces/plainInteger.js';

/** Reads a text that lies in the middle of other bytes. */
function within<T>(text: string, read: (bytes: Buffer, start: number, end: number) => T): T {
  return read(Buffer.from(`17,${text},23`), 3, 3 + Buffer.byteLength(text));
}

describe('plainInteger', () => {
  test.each(['', ' 7', '7 ', '+7', '-7', '0x10', '1e3', '7.0', '٣', 'NaN'])(
    '"%s" is none',
    (text) => expect(within(text, plainInteger)).toBeNaN(),
  );

  test('reads digits', () => {
    expect(within('0', plainInteger)).toBe(0);
    expect(within('007', plainInteger)).toBe(7);
    expect(within('9007199254740991', plainInteger)).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('decimalMs', () => {
  const ms = (text: string) => within(text, (b, start, end) => decimalMs(b, start, end, 'ms'));
  const seconds = (text: string) =>
    within(text, (b, start, end) => decimalMs(b, start, end, 'seconds'));

  test('seconds become ms with a single rounding: 4.314579 s is 4314.579 ms', () => {
    expect(seconds('4.314579')).toBe(4314.579);
    // Multiplied by 1000 these are 16100.000000000002 and 1004.9999999999999.
    expect(seconds('16.1')).toBe(16_100);
    expect(seconds('1.005')).toBe(1005);
    expect(seconds('12')).toBe(12_000);
    expect(seconds('0.5')).toBe(500);
    expect(ms('0.125')).toBe(0.125);
  });

  test.each([
    '',
    '.',
    '.5',
    '5.',
    ' 5',
    '5 ',
    '1_000',
    '0x10',
    'Infinity',
    'NaN',
    '--1',
    '1.2.3',
    '1e',
  ])('"%s" is no number', (text) => {
    expect(ms(text)).toBeNaN();
    expect(seconds(text)).toBeNaN();
  });

  test('reads signs, exponents and long numbers as Number does', () => {
    expect(seconds('-2.5')).toBe(-2500);
    expect(seconds('9.8e-05')).toBe(0.098);
    expect(ms('0.1000000000000000055511151231257827')).toBe(0.1);
  });

  test('ms equal what Number reads, for any plain decimal', () => {
    const decimal = fc.tuple(fc.nat(999_999_999), fc.nat(999_999), fc.nat(6));
    fc.assert(
      fc.property(decimal, ([whole, fraction, width]) => {
        const text =
          width === 0
            ? `${whole}`
            : `${whole}.${String(fraction).padStart(6, '0').slice(0, width)}`;
        expect(ms(text)).toBe(Number(text));
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
