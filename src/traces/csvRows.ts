import type { ByteLines } from './byteLines.js';
import { CsvCells } from './csvCells.js';
import type { CsvLayout } from './csvLayout.js';
import { hashCountProblem } from './hashCountProblem.js';
import { plainInteger } from './plainInteger.js';
import { SeenIds } from './seenIds.js';
import { TimestampReader } from './timestampReader.js';
import { TraceBuilder } from './traceBuilder.js';
import { traceLimits } from './traceLimits.js';
import { quoted, type TraceMistakes } from './traceMistakes.js';

const blank = 32;

/** Turns the lines of a CSV trace into its requests. A row with a mistake is noted and left out. */
export class CsvRows {
  readonly builder: TraceBuilder;
  private readonly lines: ByteLines;
  private readonly layout: CsvLayout;
  private readonly mistakes: TraceMistakes;
  private readonly cells: CsvCells;
  private readonly timestamp = new TimestampReader();
  private readonly seenIds = new SeenIds();
  /** Whole second of the first row; times are kept relative to it. */
  private firstSecond = Number.NaN;

  constructor(lines: ByteLines, layout: CsvLayout, mistakes: TraceMistakes) {
    this.builder = new TraceBuilder(layout.blockTokens);
    this.lines = lines;
    this.layout = layout;
    this.mistakes = mistakes;
    this.cells = new CsvCells(lines, layout.names, mistakes);
  }

  /** Adds the request of the current line. */
  addCurrentLine(): void {
    const layout = this.layout;
    const cells = this.cells;
    if (!cells.split()) return;
    const arrivalMs = this.arrivalMs(layout.time);
    const promptTokens = cells.tokens(layout.promptTokens);
    const outputTokens = cells.tokens(layout.outputTokens);
    if (layout.requestId >= 0) this.checkId(layout.requestId);
    if (layout.hashes >= 0 && promptTokens >= 0) this.addHashes(layout.hashes, promptTokens);
    // A row is only left out when a mistake was noted, and then no trace comes of it.
    if (this.mistakes.isEmpty) this.builder.addRow(arrivalMs, promptTokens, outputTokens);
  }

  private arrivalMs(column: number): number {
    const kind = this.layout.timeKind;
    return kind === 'timestamp' ? this.timestampMs(column) : this.cells.timeMs(column, kind);
  }

  private timestampMs(column: number): number {
    const timestamp = this.timestamp;
    const cells = this.cells;
    if (timestamp.read(this.lines.buffer, cells.start(column), cells.end(column))) {
      if (Number.isNaN(this.firstSecond)) this.firstSecond = timestamp.seconds;
      return (timestamp.seconds - this.firstSecond) * 1000 + timestamp.fractionMs;
    }
    const hint = 'Write it like 2023-11-16 18:17:03.9799600';
    cells.refuse(column, 'E_NUMBER', 'is not a date and time', hint);
    return Number.NaN;
  }

  private checkId(column: number): void {
    const cells = this.cells;
    if (!cells.checkId(column)) return;
    const { buffer, line } = this.lines;
    const earlier = this.seenIds.add(buffer, cells.start(column), cells.end(column), line);
    if (earlier > 0) cells.refuse(column, 'E_DUP_ID', `was already on line ${earlier}`);
  }

  private addHashes(column: number, promptTokens: number): void {
    const { buffer } = this.lines;
    const end = this.cells.end(column);
    let count = 0;
    for (let at = this.cells.start(column); at < end; ) {
      const blankAt = buffer.indexOf(blank, at);
      const idEnd = blankAt < 0 || blankAt > end ? end : blankAt;
      const id = plainInteger(buffer, at, idEnd);
      if (!(id <= traceLimits.maxHashId)) {
        this.refuseHash(at, idEnd);
        return;
      }
      this.builder.addHash(id);
      count++;
      at = idEnd + 1;
    }
    const problem = hashCountProblem(count, promptTokens, this.layout.blockTokens!);
    if (problem !== undefined) {
      const start = this.cells.start(column);
      this.mistakes.inLine(this.lines, start, end, 'E_HASH', problem);
    }
  }

  private refuseHash(start: number, end: number): void {
    const text = quoted(this.lines.buffer.toString('utf8', start, end));
    const message = `block hash ${text} is not a plain integer up to ${traceLimits.maxHashId}`;
    const hint = 'Separate hashes by one blank, and number them from 0';
    this.mistakes.inLine(this.lines, start, end, 'E_HASH', message, hint);
  }
}
