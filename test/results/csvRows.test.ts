/** Which replications a CSV file holds. */
import { expect, test } from 'vitest';
import { csvRows } from '../../src/results/csvRows.js';

/** How many rows are written when the replications have so many. */
function written(counts: readonly number[]): number {
  let lines = 0;
  for (const _ of csvRows<number>([['row', (_count, row) => row, '']], counts, (count) => count)) {
    lines++;
  }
  return lines - 1;
}

test('a header, then a row of cells for each of every replication', () => {
  const lines = csvRows<string>(
    [
      ['name', (name) => name, ''],
      ['row', (_, row) => row, ''],
      ['never', () => Number.NaN, ''],
    ],
    ['a', 'b,c'],
    (name) => name.length - 1,
  );
  expect([...lines]).toEqual(['name,row,never\n', '"b,c",0,\n', '"b,c",1,\n']);
});

test('beyond a million rows further replications are left out, never the first', () => {
  expect(written([400_000, 600_000, 1])).toBe(1_000_000);
  expect(written([1_000_001, 1])).toBe(1_000_001);
});
