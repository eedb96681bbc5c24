import { describe, expect, test } from 'vitest';
import { SeenIds } from '../../src/traces/seenIds.js';

/** Ids as programs make them: they differ in few characters. */
const makers: [string, (i: number) => string][] = [
  ['counted', (i) => `request-${i}`],
  ['counted with zeros in front', (i) => String(i).padStart(12, '0')],
  ['hexadecimal', (i) => `chatcmpl-${(i * 0x9e3779b97).toString(16)}`],
  ['two numbers', (i) => `session-${Math.floor(i / 100)}:${i % 100}`],
];

describe('SeenIds', () => {
  test('tells on which line an id was met before', () => {
    const seen = new SeenIds();
    const add = (id: string, line: number) => seen.add(Buffer.from(id), 0, id.length, line);
    expect([add('a', 2), add('b', 3), add('ab', 4)]).toEqual([0, 0, 0]);
    expect([add('b', 5), add('a', 6), add('ab', 7)]).toEqual([3, 2, 4]);
  });

  test.each(makers)('300,000 different ids are different: %s', (_name, idOf) => {
    const seen = new SeenIds();
    const add = (i: number) => {
      const id = Buffer.from(idOf(i));
      return seen.add(id, 0, id.length, i + 2);
    };
    let repeated = 0;
    for (let i = 0; i < 300_000; i++) if (add(i) !== 0) repeated++;
    expect(repeated).toBe(0);
    for (let i = 0; i < 300_000; i += 1_000) expect(add(i)).toBe(i + 2);
  });
});
