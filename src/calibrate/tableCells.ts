/** A cell of a comma-separated table, and where it is written in the text of its file. */
export interface TableCell {
  /** Without quotes and without blanks around it. */
  readonly text: string;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** The lines of a comma-separated table, its head among them; blank ones are left out. Cells may be quoted. */
export function tableCells(text: string): TableCell[][] {
  const lines: TableCell[][] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    if (line.trim() !== '') lines.push(cellsOf(line.replace(/\r$/, ''), start));
    start += line.length + 1;
  }
  return lines;
}

function cellsOf(line: string, lineStart: number): TableCell[] {
  const cells: TableCell[] = [];
  let at = 0;
  while (at <= line.length) {
    const end = endOfCell(line, at);
    const written = line.slice(at, end).trim();
    const start = lineStart + at + line.slice(at, end).indexOf(written);
    const isQuoted = /^"([^"]|"")*"$/.test(written);
    const text = isQuoted ? written.slice(1, -1).replaceAll('""', '"').trim() : written;
    cells.push({ text, start, end: start + written.length });
    at = end + 1;
  }
  return cells;
}

/** Position of the comma behind a cell, or of the end of the line. */
function endOfCell(line: string, start: number): number {
  const quoted = /\s*"([^"]|"")*"\s*(?=,|$)/y;
  quoted.lastIndex = start;
  if (quoted.test(line)) return quoted.lastIndex;
  const comma = line.indexOf(',', start);
  return comma < 0 ? line.length : comma;
}
