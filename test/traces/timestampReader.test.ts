import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimestampReader } from '../../src/traces/timestampReader.js';

function parts(text: string): [seconds: number, fractionMs: number] | undefined {
  const reader = new TimestampReader();
  const bytes = Buffer.from(`xx${text}yy`);
  const isRead = reader.read(bytes, 2, bytes.length - 2);
  return isRead ? [reader.seconds, reader.fractionMs] : undefined;
}

describe('TimestampReader', () => {
  test('reads both forms of the Azure traces', () => {
    expect(parts('1970-01-02 00:00:01.9799600')).toEqual([86_401, 979.96]);
    expect(parts('1970-01-02 00:00:01.979960+00:00')).toEqual([86_401, 979.96]);
    expect(parts('1970-01-02 00:00:01')).toEqual([86_401, 0]);
    expect(parts('1970-01-02T00:00:01Z')).toEqual([86_401, 0]);
  });

  test('an offset east of UTC is an earlier moment', () => {
    expect(parts('1970-01-02 00:00:01+01:30')).toEqual([86_401 - 5_400, 0]);
    expect(parts('1970-01-02 00:00:01-0130')).toEqual([86_401 + 5_400, 0]);
  });

  test.each([
    '2023-02-29 00:00:00',
    '2023-13-01 00:00:00',
    '2023-00-10 00:00:00',
    '2023-11-31 00:00:00',
    '2023-11-16 24:00:00',
    '2023-11-16 23:60:00',
    '2023-11-16 23:59:60',
    '2023-11-16 23:59',
    '2023-11-16 23:59:5x',
    '2023/11/16 23:59:59',
    '2023-11-16 23:59:59.',
    '2023-11-16 23:59:59.1234567890',
    '2023-11-16 23:59:59.1 ',
    '2023-11-16 23:59:59+1:00',
    '2023-11-16 23:59:59+24:00',
    '',
  ])('"%s" is no time', (text) => expect(parts(text)).toBeUndefined());

  test('agrees with Date on any day, also when many are read in turn', () => {
    const reader = new TimestampReader();
    const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(moment, (unixMs) => {
        const text = new Date(unixMs).toISOString();
        expect(reader.read(Buffer.from(text), 0, text.length)).toBe(true);
        expect(reader.seconds * 1000 + reader.fractionMs).toBe(unixMs);
      }),
      { seed: 13, numRuns: 500 },
    );
  });
});
