/** A place in a file, with the line to show. */
export interface Place {
  readonly file: string;
  /** From 1; 0: the whole file. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly excerpt: string;
  readonly caret: number;
}

/** The text of an input file, for pointing at places in it. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  /** The place of the characters from `start` to before `end`, cut at the end of their first line. */
  placeOf(start: number, end: number): Place;
}

const excerptWidth = 120;

export function sourceText(file: string, text: string): SourceText {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1))
    lineStarts.push(at + 1);

  const placeOf = (start: number, end: number): Place => {
    const offset = Math.max(0, Math.min(start, text.length));
    const lineIndex = lastAtOrBelow(lineStarts, offset);
    const lineStart = lineStarts[lineIndex]!;
    const nextStart = lineStarts[lineIndex + 1];
    const line = text
      .slice(lineStart, nextStart === undefined ? text.length : nextStart - 1)
      .trimEnd();
    const column = offset - lineStart;
    const length = Math.max(1, Math.min(end, lineStart + line.length) - offset);
    return { file, line: lineIndex + 1, column: column + 1, ...excerptOf(line, column, length) };
  };
  return { file, text, placeOf };
}

/** The place of a mistake that is about a file as a whole. */
export function wholeFile(file: string): Place {
  return { file, line: 0, column: 0, length: 0, excerpt: '', caret: 0 };
}

/** A long line is cut to a window around the place. */
function excerptOf(line: string, column: number, length: number) {
  const from = column + Math.min(length, 40) < excerptWidth ? 0 : Math.max(0, column - 40);
  const window = line.slice(from, from + excerptWidth);
  const excerpt = `${from > 0 ? '…' : ''}${window}${from + excerptWidth < line.length ? '…' : ''}`;
  const caret = column - from + (from > 0 ? 1 : 0);
  const shown = Math.max(1, Math.min(length, excerpt.length - caret));
  return { excerpt: harmless(excerpt), caret, length: shown };
}

/** Control characters and those that change the direction of text, each replaced by one visible character. */
function harmless(line: string): string {
  return line
    .replace(/\t/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
}

function lastAtOrBelow(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
