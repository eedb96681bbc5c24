/**
 * The value of a field that holds decimal digits and nothing else, NaN for any other text: no sign,
 * no blanks, no `0x10`, no `1e3`, not empty. Values above 2^53 come out rounded.
 */
export function plainInteger(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return Number.NaN;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
