const point = 46;
/** Digits that a float64 integer always holds exactly. */
const exactDigits = 15;
const powersOfTen = Float64Array.from({ length: exactDigits + 4 }, (_, i) => Number(`1e${i}`));

/**
 * A decimal number of seconds or ms ("4.314579", "12", "9.8e-05") in ms, correctly rounded to float64
 * up to 15 digits. NaN for any other text; a minus sign is allowed, so that a negative time can be named as such.
 */
export function decimalMs(
  bytes: Buffer,
  start: number,
  end: number,
  unit: 'seconds' | 'ms',
): number {
  let digits = 0;
  let fraction = -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
      if (fraction >= 0) fraction++;
    } else if (bytes[at] === point && fraction < 0 && digits > 0) fraction = 0;
    else return unusualDecimalMs(bytes.toString('latin1', start, end), unit);
  }
  if (digits === 0 || fraction === 0) return Number.NaN;
  if (digits > exactDigits) {
    return unusualDecimalMs(bytes.toString('latin1', start, end), unit);
  }
  const decimals = Math.max(0, fraction) - (unit === 'seconds' ? 3 : 0);
  // One exact integer and one exact power of ten: a single rounding.
  return decimals > 0 ? value / powersOfTen[decimals]! : value * powersOfTen[-decimals]!;
}

/** Signed, very long, or with an exponent, as some writers print small numbers. */
function unusualDecimalMs(text: string, unit: 'seconds' | 'ms'): number {
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$/.test(text)) return Number.NaN;
  return Number(text) * (unit === 'seconds' ? 1000 : 1);
}
