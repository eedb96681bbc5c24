import { isUtf8 } from 'node:buffer';
import type { ByteLines } from './byteLines.js';
import { CsvFields } from './csvFields.js';
import type { CsvLayout } from './csvLayout.js';
import { decimalMs } from './decimalMs.js';
import { hashCountProblem } from './hashCountProblem.js';
import { plainInteger } from './plainInteger.js';
import { SeenIds } from './seenIds.js';
import { TimestampReader } from './timestampReader.js';
import { TraceBuilder } from './traceBuilder.js';
import { traceLimits } from './traceLimits.js';
import { quoted, type TraceMistakes } from './traceMistakes.js';

const blank = 32;
const maxIdBytes = 128;
const plainDigits = 'Write it in plain digits: no sign, blanks, decimals, 0x10 or 1e3';

/** Turns the lines of a CSV trace into its requests. A row with a mistake is noted and left out. */
export class CsvRows {
  readonly builder: TraceBuilder;
  readonly #lines: ByteLines;
  readonly #layout: CsvLayout;
  readonly #mistakes: TraceMistakes;
  readonly #fields = new CsvFields();
  readonly #timestamp = new TimestampReader();
  readonly #seenIds = new SeenIds();
  /** Whole second of the first row; times are kept relative to it. */
  #firstSecond = Number.NaN;

  constructor(lines: ByteLines, layout: CsvLayout, mistakes: TraceMistakes) {
    this.builder = new TraceBuilder(layout.blockTokens);
    this.#lines = lines;
    this.#layout = layout;
    this.#mistakes = mistakes;
  }

  /** Adds the request of the current line. */
  addCurrentLine(): void {
    const layout = this.#layout;
    if (!this.#splitLine()) return;
    const arrivalMs = this.#arrivalMs(layout.time);
    const promptTokens = this.#tokens(layout.promptTokens);
    const outputTokens = this.#tokens(layout.outputTokens);
    if (layout.requestId >= 0) this.#checkId(layout.requestId);
    if (layout.hashes >= 0 && promptTokens >= 0) this.#addHashes(layout.hashes, promptTokens);
    // A row is only left out when a mistake was noted, and then no trace comes of it.
    if (this.#mistakes.isEmpty) this.builder.addRow(arrivalMs, promptTokens, outputTokens);
  }

  #splitLine(): boolean {
    const lines = this.#lines;
    const fields = this.#fields;
    const split = fields.split(lines.buffer, lines.start, lines.end);
    if (split !== 'fine') {
      const [message, hint] =
        split === 'unclosedQuote'
          ? ['quote never closed', 'A quoted field ends on the line where it begins']
          : ['text behind a closing quote', 'Write a quote inside a quoted field twice'];
      this.#mistakes.inLine(lines, fields.faultAt, lines.end, 'E_ROW', message!, hint);
      return false;
    }
    if (fields.hasNonAscii && !isUtf8(lines.buffer.subarray(lines.start, lines.end))) {
      this.#mistakes.ofLine(lines, 'E_ENCODING', 'the line is not UTF-8', 'Save the file as UTF-8');
      return false;
    }
    const expected = this.#layout.names.length;
    if (fields.count === expected) return true;
    const cut = !lines.isTerminated && fields.count < expected;
    const message = `expected ${expected} fields, found ${fields.count}`;
    this.#mistakes.ofLine(lines, 'E_ROW', cut ? `truncated: ${message}` : message);
    return false;
  }

  #arrivalMs(column: number): number {
    const [start, end] = [this.#fields.starts[column]!, this.#fields.ends[column]!];
    const kind = this.#layout.timeKind;
    if (kind === 'timestamp') return this.#timestampMs(column, start, end);
    const timeMs = decimalMs(this.#lines.buffer, start, end, kind);
    if (timeMs >= 0 && timeMs < Number.POSITIVE_INFINITY) return timeMs;
    if (start === end) this.#refuse(column, 'E_NUMBER', 'is empty');
    else if (Number.isNaN(timeMs)) this.#refuse(column, 'E_NUMBER', 'is not a number');
    else if (timeMs < 0) this.#refuse(column, 'E_RANGE', 'must be at least 0');
    else this.#refuse(column, 'E_RANGE', 'is too large');
    return Number.NaN;
  }

  #timestampMs(column: number, start: number, end: number): number {
    const timestamp = this.#timestamp;
    if (timestamp.read(this.#lines.buffer, start, end)) {
      if (Number.isNaN(this.#firstSecond)) this.#firstSecond = timestamp.seconds;
      return (timestamp.seconds - this.#firstSecond) * 1000 + timestamp.fractionMs;
    }
    const hint = 'Write it like 2023-11-16 18:17:03.9799600';
    this.#refuse(column, 'E_NUMBER', 'is not a date and time', hint);
    return Number.NaN;
  }

  #tokens(column: number): number {
    const [start, end] = [this.#fields.starts[column]!, this.#fields.ends[column]!];
    const tokens = plainInteger(this.#lines.buffer, start, end);
    if (tokens <= traceLimits.maxTokens) return tokens;
    if (start === end) this.#refuse(column, 'E_NUMBER', 'is empty');
    else if (Number.isNaN(tokens)) {
      this.#refuse(column, 'E_NUMBER', 'is not a plain integer', plainDigits);
    } else this.#refuse(column, 'E_RANGE', `is above the limit ${traceLimits.maxTokens}`);
    return Number.NaN;
  }

  #checkId(column: number): void {
    const [start, end] = [this.#fields.starts[column]!, this.#fields.ends[column]!];
    if (start === end) this.#refuse(column, 'E_ID', 'is empty');
    else if (end - start > maxIdBytes) this.#refuse(column, 'E_ID', `is longer than ${maxIdBytes}`);
    else {
      const { buffer, line } = this.#lines;
      const earlier = this.#seenIds.add(buffer, start, end, line);
      if (earlier > 0) this.#refuse(column, 'E_DUP_ID', `was already on line ${earlier}`);
    }
  }

  #addHashes(column: number, promptTokens: number): void {
    const { buffer } = this.#lines;
    const end = this.#fields.ends[column]!;
    let count = 0;
    for (let at = this.#fields.starts[column]!; at < end; ) {
      const blankAt = buffer.indexOf(blank, at);
      const idEnd = blankAt < 0 || blankAt > end ? end : blankAt;
      const id = plainInteger(buffer, at, idEnd);
      if (!(id <= traceLimits.maxHashId)) {
        this.#refuseHash(at, idEnd);
        return;
      }
      this.builder.addHash(id);
      count++;
      at = idEnd + 1;
    }
    const problem = hashCountProblem(count, promptTokens, this.#layout.blockTokens!);
    if (problem !== undefined) {
      const start = this.#fields.starts[column]!;
      this.#mistakes.inLine(this.#lines, start, end, 'E_HASH', problem);
    }
  }

  #refuseHash(start: number, end: number): void {
    const text = quoted(this.#lines.buffer.toString('utf8', start, end));
    const message = `block hash ${text} is not a plain integer up to ${traceLimits.maxHashId}`;
    const hint = 'Separate hashes by one blank, and number them from 0';
    this.#mistakes.inLine(this.#lines, start, end, 'E_HASH', message, hint);
  }

  /** Notes what is wrong with a field of the current line. */
  #refuse(column: number, code: string, problem: string, hint?: string): void {
    const [start, end] = [this.#fields.starts[column]!, this.#fields.ends[column]!];
    const value =
      start === end ? '' : ` ${quoted(this.#lines.buffer.toString('utf8', start, end))}`;
    const message = `${this.#layout.names[column]}${value} ${problem}`;
    this.#mistakes.inLine(this.#lines, start, end, code, message, hint);
  }
}
