import { describe, expect, test } from 'vitest';
import {
  type DocumentPath,
  parseSource,
  type SourceDocument,
} from '../../src/config/readDocument.js';
import { sourceText } from '../../src/mistakes/sourceText.js';

const text = `# a comment
top:
  list: [a, b]   # with its items
  anchored: &x { deep: 1s }
  alias: *x
  1: one
"quoted key": |
  two
  lines
`;

describe('a document', () => {
  const document = parsed(text);

  test('is plain data, with aliases filled in and keys as text', () => {
    expect(JSON.parse(JSON.stringify(document.tree))).toEqual({
      top: {
        list: ['a', 'b'],
        anchored: { deep: '1s' },
        alias: { deep: '1s' },
        '1': 'one',
      },
      'quoted key': 'two\nlines\n',
    });
  });

  test('has mappings without a prototype', () => {
    expect(Object.getPrototypeOf(document.tree)).toBeNull();
    expect('constructor' in (document.tree as object)).toBe(false);
  });

  test.each<[DocumentPath, boolean, number, string]>([
    [['top', 'list', 1], false, 3, 'b'],
    [['top', 'list'], false, 3, '[a, b]'],
    [['top', 'list'], true, 3, 'list'],
    [['top', 'anchored', 'deep'], false, 4, '1s'],
    // The value of an alias is where its anchor is.
    [['top', 'alias', 'deep'], false, 4, '1s'],
    [['top', '1'], false, 6, 'one'],
    // What takes several lines is shown by its key.
    [['top'], false, 2, 'top'],
    [['quoted key'], false, 7, '"quoted key"'],
    // What does not exist is shown by what is around it.
    [['top', 'absent'], false, 2, 'top'],
    [['top', 'list', 7], false, 3, 'list'],
    [['absent'], false, 2, 'top:'],
    [[], false, 2, 'top:'],
  ])('knows where %j is (at its key: %s)', (path, atKey, line, underlined) => {
    const place = document.locate(path, atKey);
    expect(place.line).toBe(line);
    expect(place.excerpt.slice(place.caret, place.caret + place.length)).toBe(underlined);
  });
});

describe('numbers as people mean them', () => {
  test.each([
    ['5', 5],
    ['-1.5e3', -1500],
    ['0', 0],
    ['0.5', 0.5],
    ['"0777"', '0777'],
    ['1_000', '1_000'],
    ['9007199254740991', 9007199254740991],
    ['no', 'no'],
    ['~', null],
  ])('%s', (written, value) => {
    expect(parsed(`x: ${written}`).tree).toEqual({ x: value });
  });
});

test('the keys 1 and "1" are the same', () => {
  const result = parseSource(sourceText('a.yaml', '1: a\n"1": b\n'));
  expect(result).toMatchObject({
    ok: false,
    mistakes: [{ code: 'E_DUP_KEY', message: 'duplicate key "1"', line: 2 }],
  });
});

test('all mistakes of a file are found, not only the first', () => {
  const result = parseSource(sourceText('a.yaml', 'a: 0777\nb: .nan\na: 1\n__proto__: 2\n'));
  if (result.ok) throw new Error('was accepted');
  expect(result.mistakes.map(({ line, code }) => [line, code])).toEqual([
    [1, 'E_TYPE'],
    [2, 'E_NUMBER'],
    [3, 'E_DUP_KEY'],
    [4, 'E_KEY'],
  ]);
});

function parsed(source: string): SourceDocument {
  const result = parseSource(sourceText('a.yaml', source));
  if (!result.ok) throw new Error(result.mistakes.map(({ message }) => message).join());
  return result.document;
}

test.each([
  ['line feeds', '\n'],
  ['carriage returns', '\r'],
  ['both', '\r\n'],
  ['blank lines', ' \n'],
  ['comments', '#\r'],
  ['line separators', '\u2028'],
])('4 MB of %s are found empty at once, not in hours', (_, part) => {
  const blank = part.repeat(Math.floor(4e6 / Buffer.byteLength(part)));
  const read = parseSource(sourceText('blank.yaml', blank));
  expect(read).toMatchObject({ ok: false, mistakes: [{ code: 'E_EMPTY' }] });
});

test('the places of 50,000 keys are found in much less time than a comparison of each pair takes', () => {
  const keys = Array.from({ length: 50_000 }, (_, index) => `k${index}`);
  const document = parsed(keys.map((key) => `${key}: 1\n`).join(''));
  const lines = keys.map((key) => document.locate([key], true).line);
  expect(lines).toEqual(keys.map((_, index) => index + 1));
});
