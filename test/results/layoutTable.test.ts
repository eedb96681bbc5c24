import { expect, test } from 'vitest';
import { layoutTable, wrapText } from '../../src/results/layoutTable.js';

const cells = (...texts: string[]) => ({ cells: texts.map((text) => ({ text })) });

test('the first column stands left, the others right, two spaces between', () => {
  expect(
    layoutTable([cells('', 'p50'), cells('TTFT', '312 ms')], { indent: 2, maxWidth: 100 }),
  ).toEqual(['           p50', '  TTFT  312 ms']);
});

test('colours do not count for the width', () => {
  const paint = (text: string) => `<${text}>`;
  const rows = [
    {
      cells: [
        { text: 'a', paint },
        { text: '1', paint },
      ],
    },
    cells('long', '22'),
  ];
  expect(layoutTable(rows, { indent: 0, maxWidth: 100 })).toEqual(['<a>      <1>', 'long  22']);
});

test('a remark follows its row, or goes below where the line would be too long', () => {
  const rows = [{ ...cells('TTFT', '1 s'), remark: { text: 'too few samples' } }];
  expect(layoutTable(rows, { indent: 0, maxWidth: 26 })).toEqual(['TTFT  1 s  too few samples']);
  expect(layoutTable(rows, { indent: 0, maxWidth: 25 })).toEqual([
    'TTFT  1 s',
    '  too few samples',
  ]);
});

test('wrapText breaks at spaces and leaves long words whole', () => {
  expect(wrapText('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapText('incomprehensible', 4)).toEqual(['incomprehensible']);
});
