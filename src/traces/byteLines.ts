/** Longest line accepted, in bytes. */
export const maxLineBytes = 128 * 1024;

const newline = 10;
const carriageReturn = 13;

/** Fills the target from the front and returns how many bytes it wrote; 0 at the end of the file. */
export type ReadBytes = (target: Uint8Array) => number;

/**
 * The lines of a file, one at a time, as byte ranges of one buffer that is used again: a file of any
 * size is read in bounded memory. Lines end with LF or CRLF; a UTF-8 byte order mark is skipped.
 */
export class ByteLines {
  /** The current line is bytes `start` … `end − 1` of this buffer, until the next call of `next`. */
  readonly buffer: Buffer;
  start = 0;
  end = 0;
  /** Number of the current line, from 1. */
  line = 0;
  /** The current line is longer than `maxLineBytes`; the range then holds only its tail. */
  isTooLong = false;
  /** The current line ends with a line break. False only for the last line. */
  isTerminated = false;
  private readonly read: ReadBytes;
  private position = 0;
  private filled = 0;
  private atEnd = false;

  constructor(read: ReadBytes, bufferBytes = 1 << 20) {
    this.read = read;
    this.buffer = Buffer.alloc(Math.max(bufferBytes, 2 * maxLineBytes));
    this.fill();
    if (this.buffer[0] === 0xef && this.buffer[1] === 0xbb && this.buffer[2] === 0xbf) {
      this.position = Math.min(3, this.filled);
    }
  }

  /** Moves to the next line; false when there is none. */
  next(): boolean {
    this.isTooLong = false;
    let searchFrom = this.position;
    for (;;) {
      const found = this.buffer.indexOf(newline, searchFrom);
      if (found >= 0 && found < this.filled) return this.take(found, true);
      // One more byte than the limit may be the CR of a CRLF.
      if (this.filled - this.position > maxLineBytes + 1) {
        this.isTooLong = true;
        this.position = this.filled - 1;
      }
      if (this.atEnd) return this.position < this.filled && this.take(this.filled, false);
      const searched = this.filled - this.position;
      this.fill();
      searchFrom = this.position + searched;
    }
  }

  private take(end: number, isTerminated: boolean): boolean {
    this.start = this.position;
    this.end = end > this.start && this.buffer[end - 1] === carriageReturn ? end - 1 : end;
    this.line++;
    this.isTerminated = isTerminated;
    if (this.end - this.start > maxLineBytes) this.isTooLong = true;
    this.position = isTerminated ? end + 1 : end;
    return true;
  }

  /** Moves the unread rest to the front and reads behind it. */
  private fill(): void {
    this.buffer.copyWithin(0, this.position, this.filled);
    this.filled -= this.position;
    this.position = 0;
    const count = this.read(this.buffer.subarray(this.filled));
    if (count === 0) this.atEnd = true;
    this.filled += count;
  }
}
