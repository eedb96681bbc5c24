import { measuredText } from './measuredText.js';
import { tableCells } from './tableCells.js';

/** A row of a table of measurements: cells by the name of their column, as they are written. */
export type TableRow = Readonly<Record<string, string>>;

/** Reads a comma-separated table with a head line, plain or gzip-compressed, as it is: shipped data, checked before. */
export function readTable(file: string): TableRow[] {
  const [head = [], ...lines] = tableCells(measuredText(file));
  return lines.map((cells) =>
    Object.fromEntries(head.map(({ text }, column) => [text, cells[column]?.text ?? ''])),
  );
}
