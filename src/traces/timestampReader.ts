const digitZero = 48;
/** Length of `2023-11-16 18:17:03`. */
const wholeSecondsLength = 19;

/**
 * Reads `2023-11-16 18:17:03.9799600`: up to nine decimals, optionally `T` for the blank, and `Z` or an
 * offset like `+00:00` at the end; without one the time is taken as UTC.
 *
 * The moment comes in two parts, because one float64 of ms since 1970 is only exact to a quarter of a microsecond.
 */
export class TimestampReader {
  /** Whole seconds since 1970-01-01 00:00 UTC. */
  seconds = 0;
  /** 0 ≤ fractionMs < 1000. */
  fractionMs = 0;
  // Rows of a trace share their date mostly: it is worked out once.
  private dateKey = -1;
  private dateSeconds = Number.NaN;

  /** False for any other text and for dates that do not exist; the parts are then without meaning. */
  read(bytes: Buffer, start: number, end: number): boolean {
    if (end - start < wholeSecondsLength || !hasSeparators(bytes, start)) return false;
    const year = digits(bytes, start, 4);
    const month = digits(bytes, start + 5, 2);
    const day = digits(bytes, start + 8, 2);
    const hour = digits(bytes, start + 11, 2);
    const minute = digits(bytes, start + 14, 2);
    const second = digits(bytes, start + 17, 2);
    // NaN, from what is not a digit, fails every comparison.
    if (!(hour < 24 && minute < 60 && second < 60)) return false;
    const midnight = this.midnight(year, month, day);
    let at = start + wholeSecondsLength;
    at = this.readFraction(bytes, at, end);
    const offsetSeconds = readOffset(bytes.toString('latin1', at, end));
    this.seconds = midnight + hour * 3600 + minute * 60 + second - offsetSeconds;
    return Number.isFinite(this.seconds + this.fractionMs);
  }

  /** Position behind the decimals. */
  private readFraction(bytes: Buffer, start: number, end: number): number {
    this.fractionMs = 0;
    if (start >= end || bytes[start] !== 0x2e) return start;
    let at = start + 1;
    let value = 0;
    let scale = 1;
    for (; at < end && isDigit(bytes[at]!); at++) {
      value = value * 10 + bytes[at]! - digitZero;
      scale *= 10;
    }
    this.fractionMs = scale === 1 || scale > 1e9 ? Number.NaN : (value * 1000) / scale;
    return at;
  }

  private midnight(year: number, month: number, day: number): number {
    const key = (year * 100 + month) * 100 + day;
    if (key === this.dateKey) return this.dateSeconds;
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    // A date that does not exist (31 April) rolls over into another month.
    const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    this.dateKey = key;
    this.dateSeconds = exists ? date.getTime() / 1000 : Number.NaN;
    return this.dateSeconds;
  }
}

function hasSeparators(bytes: Buffer, start: number): boolean {
  const separator = bytes[start + 10];
  return (
    bytes[start + 4] === 0x2d &&
    bytes[start + 7] === 0x2d &&
    (separator === 0x20 || separator === 0x54) &&
    bytes[start + 13] === 0x3a &&
    bytes[start + 16] === 0x3a
  );
}

function digits(bytes: Buffer, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) {
    value = isDigit(bytes[at]!) ? value * 10 + bytes[at]! - digitZero : Number.NaN;
  }
  return value;
}

function isDigit(byte: number): boolean {
  return byte >= digitZero && byte < digitZero + 10;
}

/** Seconds east of UTC, NaN for what is not an offset. */
function readOffset(text: string): number {
  if (text === '' || text === 'Z' || text === '+00:00') return 0;
  const parts = /^([+-])(\d{2}):?(\d{2})$/.exec(text);
  if (parts === null || Number(parts[2]) > 23 || Number(parts[3]) > 59) return Number.NaN;
  const seconds = Number(parts[2]) * 3600 + Number(parts[3]) * 60;
  return parts[1] === '-' ? -seconds : seconds;
}
