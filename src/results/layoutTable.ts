/** One cell of a printed table: its text, and how it is coloured once its width is known. */
export interface Cell {
  readonly text: string;
  readonly paint?: Paint;
  /** The first column stands left anyway, the others right. */
  readonly align?: 'left';
}

export type Paint = (text: string) => string;

/**
 * Lines of a table without borders: the first column to the left, the others to the right, each as wide
 * as its widest cell. A row may have a remark, which follows it, or goes below where the line would get too long.
 */
export function layoutTable(
  rows: readonly { readonly cells: readonly Cell[]; readonly remark?: Cell | undefined }[],
  options: { readonly indent: number; readonly maxWidth: number; readonly minWidth?: number },
): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.cells.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(
      column === 0 ? 0 : (options.minWidth ?? 0),
      ...rows.map((row) => row.cells[column]?.text.length ?? 0),
    ),
  );
  const indent = ' '.repeat(options.indent);
  const fullWidth = options.indent + widths.reduce((sum, width) => sum + width + 2, -2);
  return rows.flatMap(({ cells, remark }) => {
    const parts = cells.map(({ text, paint = asIs, align }, column) => {
      const space = ' '.repeat(widths[column]! - text.length);
      return column === 0 || align === 'left' ? paint(text) + space : space + paint(text);
    });
    const line = indent + parts.join('  ');
    if (!remark) return [line.trimEnd()];
    const { text, paint = asIs } = remark;
    if (fullWidth + 2 + text.length <= options.maxWidth) return [`${line}  ${paint(text)}`];
    return [line.trimEnd(), `${indent}  ${paint(text)}`];
  });
}

/** Breaks a text at spaces into lines of at most this width; a longer word stays whole. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function asIs(text: string): string {
  return text;
}
