import type { z } from 'zod';
import { readPart } from '../config/inputSchema.js';
import type { Finding } from '../mistakes/finding.js';
import type { MistakeList } from '../mistakes/mistakes.js';
import type { SourceText } from '../mistakes/sourceText.js';
import { type TableCell, tableCells } from './tableCells.js';

const emptyHint = 'Leave the cell empty where nothing was measured';

/** The rows of a table that a user wrote. What is wrong with its head or the length of a line is noted. */
export function measuredTable(source: SourceText, mistakes: MistakeList): MeasuredRow[] {
  const [head = [], ...lines] = tableCells(source.text);
  const columns = new Map<string, number>();
  head.forEach(({ text, start, end }, column) => {
    const isDouble = text !== '' && columns.has(text);
    if (isDouble)
      mistakes.add(source.placeOf(start, end), {
        code: 'E_HEADER',
        message: `there are two columns ${text}`,
      });
    else columns.set(text, column);
  });
  return lines.flatMap((cells) => {
    if (cells.length === head.length) return [new MeasuredRow(columns, cells, source, mistakes)];
    const message = `expected ${head.length} cells as in the head, found ${cells.length}`;
    mistakes.add(source.placeOf(cells[0]!.start, cells.at(-1)!.end), { code: 'E_ROW', message });
    return [];
  });
}

/** One row of such a table: reads its cells, and notes those that are not what they must be. */
export class MeasuredRow {
  readonly mistakes: MistakeList;
  private readonly columns: ReadonlyMap<string, number>;
  private readonly cells: readonly TableCell[];
  private readonly source: SourceText;

  constructor(
    columns: ReadonlyMap<string, number>,
    cells: readonly TableCell[],
    source: SourceText,
    mistakes: MistakeList,
  ) {
    this.columns = columns;
    this.cells = cells;
    this.source = source;
    this.mistakes = mistakes;
  }

  has(column: string): boolean {
    return this.columns.has(column);
  }

  /** Empty: so is the cell, or there is no such column. */
  text(column: string): string {
    return this.cell(column)?.text ?? '';
  }

  /** What a cell says; undefined when it is empty, or, with a mistake noted, when it is something else. */
  optional<Value>(column: string, schema: z.ZodType<Value>, hint?: string): Value | undefined {
    const text = this.text(column);
    return text === '' ? undefined : this.read(column, inputOf(text), schema, hint);
  }

  /** A number that may be missing: NaN then, and also, with a mistake noted, where there is something else. */
  measured(column: string, schema: z.ZodType<number>): number {
    return this.optional(column, schema, emptyHint) ?? Number.NaN;
  }

  /** A number that may not be missing; NaN, with a mistake noted, for anything else. */
  needed(column: string, schema: z.ZodType<number>): number {
    const text = this.text(column);
    return this.read(column, text === '' ? null : inputOf(text), schema) ?? Number.NaN;
  }

  /** Notes what is wrong with a cell. */
  refuse(column: string, finding: Finding): undefined {
    const message = `${column}: ${finding.message}`;
    const cell = this.cell(column) ?? this.cells[0]!;
    this.mistakes.add(this.source.placeOf(cell.start, cell.end), { ...finding, message });
  }

  private read<Value>(
    column: string,
    input: unknown,
    schema: z.ZodType<Value>,
    hint?: string,
  ): Value | undefined {
    const more = hint === undefined ? {} : { hint };
    return readPart(schema, input, [], (finding) => this.refuse(column, { ...more, ...finding }));
  }

  private cell(column: string): TableCell | undefined {
    const index = this.columns.get(column);
    return index === undefined ? undefined : this.cells[index];
  }
}

/** As YAML would read it, so that messages say what is there: a number, or text. */
function inputOf(text: string): number | string {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}
