import { csvCell } from './csvCell.js';

/** More rows than this are not written: whole replications from the first, as far as they fit. */
const maxRows = 1_000_000;

/** A column of a file with a row per request, turn or session: its value in a row of one replication, and what that is, with its unit. */
export type CsvColumn<Replication> = readonly [
  name: string,
  value: (replication: Replication, row: number) => number | string,
  definition: string,
];

/** The lines of a CSV file: names of the columns, then the rows of the replications, of which the first is always there. */
export function* csvRows<Replication>(
  columns: readonly CsvColumn<Replication>[],
  replications: readonly Replication[],
  countOf: (replication: Replication) => number,
): Generator<string> {
  yield `${columns.map(([name]) => name).join(',')}\n`;
  let rows = 0;
  for (const replication of replications) {
    const count = countOf(replication);
    rows += count;
    if (rows > maxRows && rows > count) return;
    for (let row = 0; row < count; row++) {
      yield `${columns.map(([, value]) => csvCell(value(replication, row))).join(',')}\n`;
    }
  }
}
