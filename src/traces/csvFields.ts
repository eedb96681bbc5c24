const comma = 44;
const quote = 34;
const maxFields = 256;

/** How a line was split: fine, a quoted field that does not end on its line, or text behind a closing quote. */
export type CsvSplit = 'fine' | 'unclosedQuote' | 'textAfterQuote';

/**
 * The comma-separated fields of one line (RFC 4180, but a quoted field may not hold a line break), as
 * byte ranges without their quotes. Used again for every line.
 */
export class CsvFields {
  /** Fields on the line; the ranges of those after the 256th are not kept. */
  count = 0;
  /** Some byte of the line is not ASCII. */
  hasNonAscii = false;
  /** Where a bad quote is. */
  faultAt = 0;
  readonly starts = new Int32Array(maxFields);
  readonly ends = new Int32Array(maxFields);

  split(bytes: Uint8Array, start: number, end: number): CsvSplit {
    this.count = 0;
    let bits = 0;
    let at = start;
    for (;;) {
      let fieldStart = at;
      let fieldEnd: number;
      if (at < end && bytes[at] === quote) {
        fieldStart = at + 1;
        fieldEnd = closingQuote(bytes, fieldStart, end);
        this.faultAt = at;
        if (fieldEnd < 0) return 'unclosedQuote';
        for (let i = fieldStart; i < fieldEnd; i++) bits |= bytes[i]!;
        at = fieldEnd + 1;
        this.faultAt = at;
        if (at < end && bytes[at] !== comma) return 'textAfterQuote';
      } else {
        while (at < end && bytes[at] !== comma) bits |= bytes[at++]!;
        fieldEnd = at;
      }
      if (this.count < maxFields) {
        this.starts[this.count] = fieldStart;
        this.ends[this.count] = fieldEnd;
      }
      this.count++;
      if (at >= end) break;
      at++;
    }
    this.hasNonAscii = (bits & 0x80) !== 0;
    return 'fine';
  }
}

/** Position of the quote that ends a quoted field, −1 when the line ends first. Two quotes stand for one in the text. */
function closingQuote(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== quote) continue;
    if (at + 1 < end && bytes[at + 1] === quote) at++;
    else return at;
  }
  return -1;
}
