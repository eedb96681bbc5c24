/** Columns of their own, and columns that share a block, after growing. */
import { expect, test } from 'vitest';
import { growColumns } from '../../sim/kernel/growColumns.js';

test('every column keeps what it holds; those of one block stay interleaved', () => {
  const block = new Float64Array(8);
  const table = {
    name: 'table',
    flags: Uint8Array.of(1, 0, 1),
    block,
    even: block.subarray(0),
    odd: block.subarray(1),
  };
  for (let row = 0; row < 4; row++) {
    table.even[2 * row] = row;
    table.odd[2 * row] = 10 + row;
  }
  growColumns(table, 16);
  expect(Array.from(table.flags)).toEqual([1, 0, 1, ...new Array(13).fill(0)]);
  expect(table.name).toBe('table');
  expect(Array.from(table.block.subarray(0, 8))).toEqual([0, 10, 1, 11, 2, 12, 3, 13]);
  expect([table.block.length, table.even.length, table.odd.length]).toEqual([16, 16, 15]);
  table.odd[14] = 7;
  expect([table.block[15], table.even[15]]).toEqual([7, 7]);
});
