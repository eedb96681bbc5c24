import { isUtf8 } from 'node:buffer';
import type { ByteLines } from './byteLines.js';
import { CsvFields } from './csvFields.js';
import { decimalMs } from './decimalMs.js';
import { plainInteger } from './plainInteger.js';
import { traceLimits } from './traceLimits.js';
import { quoted, type TraceMistakes } from './traceMistakes.js';

/** Longest id, in bytes. */
const maxIdBytes = 128;
const plainDigits = 'Write it in plain digits: no sign, blanks, decimals, 0x10 or 1e3';

/** Reads the cells of one line of a CSV trace after the other, and notes what is wrong with them. */
export class CsvCells {
  private readonly lines: ByteLines;
  private readonly names: readonly string[];
  private readonly mistakes: TraceMistakes;
  private readonly fields = new CsvFields();

  /** @param names the columns of the file, by place. */
  constructor(lines: ByteLines, names: readonly string[], mistakes: TraceMistakes) {
    this.lines = lines;
    this.names = names;
    this.mistakes = mistakes;
  }

  /** Splits the current line; false, with a mistake noted, when it is not one row of this file. */
  split(): boolean {
    const lines = this.lines;
    const fields = this.fields;
    const split = fields.split(lines.buffer, lines.start, lines.end);
    if (split !== 'fine') {
      const [message, hint] =
        split === 'unclosedQuote'
          ? ['quote never closed', 'A quoted field ends on the line where it begins']
          : ['text behind a closing quote', 'Write a quote inside a quoted field twice'];
      this.mistakes.inLine(lines, fields.faultAt, lines.end, 'E_ROW', message!, hint);
      return false;
    }
    if (fields.hasNonAscii && !isUtf8(lines.buffer.subarray(lines.start, lines.end))) {
      this.mistakes.ofLine(lines, 'E_ENCODING', 'the line is not UTF-8', 'Save the file as UTF-8');
      return false;
    }
    const expected = this.names.length;
    if (fields.count === expected) return true;
    const cut = !lines.isTerminated && fields.count < expected;
    const message = `expected ${expected} fields, found ${fields.count}`;
    this.mistakes.ofLine(lines, 'E_ROW', cut ? `truncated: ${message}` : message);
    return false;
  }

  /** Where a cell begins in the buffer of the lines. */
  start(column: number): number {
    return this.fields.starts[column]!;
  }

  end(column: number): number {
    return this.fields.ends[column]!;
  }

  isEmpty(column: number): boolean {
    return this.start(column) === this.end(column);
  }

  /** A time in ms, at least 0; NaN, with a mistake noted, for anything else. */
  timeMs(column: number, unit: 'seconds' | 'ms'): number {
    const timeMs = decimalMs(this.lines.buffer, this.start(column), this.end(column), unit);
    if (timeMs >= 0 && timeMs < Number.POSITIVE_INFINITY) return timeMs;
    if (this.isEmpty(column)) this.refuse(column, 'E_NUMBER', 'is empty');
    else if (Number.isNaN(timeMs)) this.refuse(column, 'E_NUMBER', 'is not a number');
    else if (timeMs < 0) this.refuse(column, 'E_RANGE', 'must be at least 0');
    else this.refuse(column, 'E_RANGE', 'is too large');
    return Number.NaN;
  }

  /** A number of tokens; NaN, with a mistake noted, for anything else. */
  tokens(column: number): number {
    const tokens = plainInteger(this.lines.buffer, this.start(column), this.end(column));
    if (tokens <= traceLimits.maxTokens) return tokens;
    if (this.isEmpty(column)) this.refuse(column, 'E_NUMBER', 'is empty');
    else if (Number.isNaN(tokens)) {
      this.refuse(column, 'E_NUMBER', 'is not a plain integer', plainDigits);
    } else this.refuse(column, 'E_RANGE', `is above the limit ${traceLimits.maxTokens}`);
    return Number.NaN;
  }

  /** Whether a cell holds an id; a mistake is noted when not. */
  checkId(column: number): boolean {
    if (this.isEmpty(column)) this.refuse(column, 'E_ID', 'is empty');
    else if (this.end(column) - this.start(column) > maxIdBytes) {
      this.refuse(column, 'E_ID', `is longer than ${maxIdBytes}`);
    } else return true;
    return false;
  }

  text(column: number): string {
    return this.lines.buffer.toString('utf8', this.start(column), this.end(column));
  }

  /** Notes what is wrong with a cell of the current line. */
  refuse(column: number, code: string, problem: string, hint?: string): void {
    const value = this.isEmpty(column) ? '' : ` ${quoted(this.text(column))}`;
    const message = `${this.names[column]}${value} ${problem}`;
    this.mistakes.inLine(this.lines, this.start(column), this.end(column), code, message, hint);
  }
}
