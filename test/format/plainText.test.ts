import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainText } from '../../src/format/plainText.js';
import { csvCell } from '../../src/results/csvCell.js';

test.each([
  ['\u001b[31mred\u001b[0m', '[31mred[0m'],
  ['one\r\ntwo\tthree', 'onetwothree'],
  ['a\u009bm\u0085b', 'amb'],
  ['left\u202eright', 'leftright'],
  ['::error::all is lost', ': :error: :all is lost'],
  ['::::', ': : : :'],
  ['naïve café 12:30', 'naïve café 12:30'],
])('plainText(%j) is %j', (text, plain) => {
  expect(plainText(text)).toBe(plain);
});

test.each([
  ['=1+1', "'=1+1"],
  ['+49', "'+49"],
  ['-5', "'-5"],
  ['@cmd', "'@cmd"],
  ['\tx', "'\tx"],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['=A1,"x"', '"\'=A1,""x"""'],
  ['two\nlines', '"two\nlines"'],
  [-5, '-5'],
  [0.1, '0.1'],
  [Number.NaN, ''],
])('csvCell(%j) is %j', (value, cell) => {
  expect(csvCell(value)).toBe(cell);
});

test('no text breaks out of its cell or begins a formula', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const cell = csvCell(text);
      const isQuoted = cell.startsWith('"');
      const inner = isQuoted ? cell.slice(1, -1).replaceAll('""', '') : cell;
      expect(inner).not.toMatch(isQuoted ? /"/ : /[",\r\n]/);
      expect(isQuoted ? cell.slice(1) : cell).not.toMatch(/^[=+\-@\t\r]/);
    }),
    { seed: 1 },
  );
});
