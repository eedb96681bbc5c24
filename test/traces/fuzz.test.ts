import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traceFormats } from '../../src/traces/traceReading.js';
import { readContent } from './traceFile.js';

const samples = [
  'request_id,arrival_s,input_tokens,output_tokens\nr1,0,10,5\nr2,0.25,10,5\n"r3",1e-05,7,0\n',
  '\ufeffarrival_ms,input_tokens,output_tokens,hash_ids_16\r\n0,40,1,1 2 3\r\n5,20,1,1 9\r\n',
  'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,374,44\n2024-05-10 00:00:00+00:00,1,1\n',
  '{"timestamp": 0, "input_length": 955, "output_length": 52, "hash_ids": [46, 47]}\n{"timestamp": 30, "input_length": 20, "output_length": 2, "hash_ids": [46]}\n',
].flatMap((text) => [Buffer.from(text), gzipSync(text)]);

/** One way to damage a file. */
const damage = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), byte: fc.constant(0) }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat(), byte: fc.constant(0) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), byte: fc.nat(255) }),
  // Bytes that mean something to the readers are worth more than others.
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    byte: fc.constantFrom(...Buffer.from(',"\n\r-.0 9e{}[]:+T')),
  }),
);

function damaged(
  content: Buffer,
  damages: readonly { kind: 'set' | 'cut' | 'remove' | 'insert'; at: number; byte: number }[],
): Buffer {
  let bytes = Buffer.from(content);
  for (const { kind, at, byte } of damages) {
    const place = bytes.length === 0 ? 0 : at % bytes.length;
    if (kind === 'set' && bytes.length > 0) bytes[place] = byte;
    else if (kind === 'cut') bytes = bytes.subarray(0, place);
    else if (kind === 'remove')
      bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]);
    else
      bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), bytes.subarray(place)]);
  }
  return bytes;
}

/** A result that a caller can use: either a whole trace, or mistakes with places and reasons. */
function expectUsable(content: Uint8Array, format: (typeof traceFormats)[number]): boolean {
  const reading = readContent(content, format);
  if (!reading.ok) {
    expect(reading.mistakes.length).toBeGreaterThan(0);
    expect(reading.mistakes.length).toBeLessThanOrEqual(20);
    for (const { message, code, line, excerpt } of reading.mistakes) {
      expect(message).not.toBe('');
      expect(code).toMatch(/^E_/);
      expect(line).toBeGreaterThanOrEqual(0);
      expect(excerpt.length).toBeLessThan(200);
    }
    return false;
  }
  const { count, arrivalMs, promptTokens, outputTokens, blockHashes } = reading.trace;
  expect([count, count]).toEqual([arrivalMs.length, outputTokens.length]);
  expect(arrivalMs[0]).toBe(0);
  expect(arrivalMs.every((t, i) => i === 0 || t >= arrivalMs[i - 1]!)).toBe(true);
  expect(promptTokens.every((tokens) => tokens >= 1)).toBe(true);
  expect(outputTokens.every((tokens) => tokens >= 1)).toBe(true);
  if (blockHashes) expect(blockHashes.offsets.at(-1)).toBe(blockHashes.ids.length);
  return true;
}

describe('readTrace of anything', () => {
  test('damaged traces give a trace or mistakes, and never an exception', () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(damage, { maxLength: 6 }),
        fc.constantFrom(...traceFormats),
        (sample, damages, format) => {
          if (expectUsable(damaged(sample, damages), format)) accepted++;
          else refused++;
        },
      ),
      { seed: 23, numRuns: 3_000, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
    );
    // Both ends are reached, or the damage is too small or too great to tell anything.
    expect(accepted).toBeGreaterThan(150);
    expect(refused).toBeGreaterThan(300);
  });

  test('every truncation of every sample', () => {
    for (const sample of samples)
      for (let length = 0; length < sample.length; length++)
        expectUsable(sample.subarray(0, length), 'auto');
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        expectUsable(bytes, 'auto');
        expectUsable(Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), bytes]), 'auto');
        expectUsable(Buffer.concat([Buffer.from('{"timestamp":'), bytes]), 'auto');
      }),
      { seed: 29, numRuns: 300 },
    );
  });

  test('100,000 nested brackets and 100,000 commas', () => {
    expectUsable(Buffer.from(`{"timestamp":${'['.repeat(100_000)}`), 'auto');
    expectUsable(Buffer.from(`{"timestamp":${'['.repeat(50_000)}${']'.repeat(50_000)}}`), 'auto');
    expectUsable(Buffer.from(','.repeat(100_000)), 'auto');
    expectUsable(
      Buffer.from(`arrival_s,input_tokens,output_tokens\n${','.repeat(100_000)}`),
      'auto',
    );
  });
});
