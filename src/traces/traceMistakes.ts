import { isUtf8 } from 'node:buffer';
import { plainText } from '../format/plainText.js';
import { type Mistake, maxMistakesPerFile, mistakeAt } from '../mistakes/mistakes.js';
import { type Place, sourceText, wholeFile } from '../mistakes/sourceText.js';
import { type ByteLines, maxLineBytes } from './byteLines.js';

/** Characters of a cell that a message repeats. */
const maxCell = 40;

/** The mistakes and warnings found while one trace file is read, at most 20 of each. */
export class TraceMistakes {
  readonly mistakes: Mistake[] = [];
  readonly warnings: Mistake[] = [];
  private readonly file: string;

  /** @param file the trace as messages name it. */
  constructor(file: string) {
    this.file = file;
  }

  get isEmpty(): boolean {
    return this.mistakes.length === 0;
  }

  /** Reading on is of no use: more mistakes would not be kept. */
  get isFull(): boolean {
    return this.mistakes.length >= maxMistakesPerFile;
  }

  /** A mistake in bytes `start` … `end − 1` of the current line. */
  inLine(
    lines: ByteLines,
    start: number,
    end: number,
    code: string,
    message: string,
    hint?: string,
  ): void {
    this.note(placeIn(this.file, lines, start, end), code, message, hint);
  }

  /** A mistake of the whole current line. */
  ofLine(lines: ByteLines, code: string, message: string, hint?: string): void {
    this.inLine(lines, lines.start, lines.end, code, message, hint);
  }

  lineTooLong(lines: ByteLines): void {
    const place = { ...wholeFile(this.file), line: lines.line, column: 1 };
    this.note(place, 'E_LENGTH', `the line is longer than ${maxLineBytes / 1024} KiB`);
  }

  /** A mistake of the whole file. */
  ofFile(code: string, message: string, hint?: string): void {
    this.note(wholeFile(this.file), code, message, hint);
  }

  /** Something that was accepted, but that its author should know; `line` 0 for the whole file. */
  warn(line: number, code: string, message: string, hint?: string): void {
    if (this.warnings.length >= maxMistakesPerFile) return;
    const finding = { code, message, ...(hint === undefined ? {} : { hint }) };
    const place = { ...wholeFile(this.file), line, column: line > 0 ? 1 : 0 };
    this.warnings.push(mistakeAt(place, finding, 'warning'));
  }

  private note(place: Place, code: string, message: string, hint?: string): void {
    if (this.isFull) return;
    this.mistakes.push(
      mistakeAt(place, { code, message, ...(hint === undefined ? {} : { hint }) }),
    );
  }
}

/** A cell as a message quotes it: without control characters, cut when long. */
export function quoted(text: string): string {
  const plain = plainText(text);
  return `"${plain.length > maxCell ? `${plain.slice(0, maxCell)}…` : plain}"`;
}

function placeIn(file: string, lines: ByteLines, start: number, end: number): Place {
  const { buffer } = lines;
  const encoding = isUtf8(buffer.subarray(lines.start, lines.end)) ? 'utf8' : 'latin1';
  const before = buffer.toString(encoding, lines.start, start).length;
  const length = buffer.toString(encoding, start, end).length;
  const text = buffer.toString(encoding, lines.start, lines.end);
  return { ...sourceText(file, text).placeOf(before, before + length), line: lines.line };
}
