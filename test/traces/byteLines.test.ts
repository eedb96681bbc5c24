import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteLines, maxLineBytes } from '../../src/traces/byteLines.js';

/** Hands out the content in pieces of at most this many bytes. */
function linesOf(content: Buffer, pieceBytes: number): ByteLines {
  let position = 0;
  return new ByteLines((target) => {
    const until = Math.min(content.length, position + pieceBytes);
    const count = content.copy(target, 0, position, until);
    position += count;
    return count;
  }, 1);
}

function allLines(lines: ByteLines): string[] {
  const found: string[] = [];
  while (lines.next()) {
    expect(lines.line).toBe(found.length + 1);
    const text = lines.buffer.toString('utf8', lines.start, lines.end);
    found.push(lines.isTooLong ? 'too long' : text);
  }
  expect(lines.next()).toBe(false);
  return found;
}

describe('ByteLines', () => {
  test('lines end with LF or CRLF, and the last one need not end', () => {
    expect(allLines(linesOf(Buffer.from('a\nb\r\n\nc'), 100))).toEqual(['a', 'b', '', 'c']);
    expect(allLines(linesOf(Buffer.from('a\n'), 100))).toEqual(['a']);
    expect(allLines(linesOf(Buffer.from(''), 100))).toEqual([]);
  });

  test('isTerminated is false for a last line without a line break only', () => {
    const lines = linesOf(Buffer.from('a\nb'), 100);
    expect([lines.next(), lines.isTerminated]).toEqual([true, true]);
    expect([lines.next(), lines.isTerminated]).toEqual([true, false]);
  });

  test('a byte order mark is skipped at the start of the file only', () => {
    expect(allLines(linesOf(Buffer.from('\ufeffa\n\ufeffb'), 100))).toEqual(['a', '\ufeffb']);
  });

  test('a line of 128 KiB passes, one byte more is too long, and the next is read', () => {
    const longest = 'x'.repeat(maxLineBytes);
    for (const lineBreak of ['\n', '\r\n']) {
      const content = Buffer.from([longest, `${longest}x`, 'next'].join(lineBreak));
      for (const pieceBytes of [1_000, 65_536, 1e9])
        expect(allLines(linesOf(content, pieceBytes))).toEqual([longest, 'too long', 'next']);
    }
  });

  test('a line of many buffers is one line', () => {
    const content = Buffer.from(`a\n${'x'.repeat(10 * maxLineBytes)}\nb\n${'y'.repeat(900_000)}`);
    expect(allLines(linesOf(content, 50_000))).toEqual(['a', 'too long', 'b', 'too long']);
  });

  test('the size of the pieces does not matter', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '\n', '\r\n', '\r', 'longer'));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (parts, pieceBytes) => {
        const content = parts.join('');
        const expected = content.split('\n').map((line) => line.replace(/\r$/, ''));
        if (content === '' || content.endsWith('\n')) expected.pop();
        expect(allLines(linesOf(Buffer.from(content), pieceBytes))).toEqual(expected);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
