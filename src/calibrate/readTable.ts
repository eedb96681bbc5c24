import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A row of a table of measurements: cells by the name of their column, as they are written. */
export type TableRow = Readonly<Record<string, string>>;

/** Reads a comma-separated table with a head line, plain or gzip-compressed. Cells may be quoted. */
export function readTable(file: string): TableRow[] {
  const raw = readFileSync(file);
  const text = (raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw).toString('utf8');
  const [head = [], ...lines] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map(cellsOf);
  return lines.map((cells) =>
    Object.fromEntries(head.map((name, column) => [name.trim(), cells[column] ?? ''])),
  );
}

function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const found = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? [];
  return found
    .slice(0, line.endsWith(',') ? undefined : found.length)
    .map((cell) => cell.replace(/,$/, ''))
    .map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}
