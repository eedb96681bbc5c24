import { floatFromWords, highWord, lowWord } from './floatBits.js';

// Method and coefficients: fdlibm, e_log.c. Copyright (C) 1993 by Sun Microsystems, Inc. All rights
// reserved. Permission to use, copy, modify, and distribute this software is freely granted, provided
// that this notice is preserved.
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;
const twoTo54 = 18014398509481984;

/**
 * Natural logarithm by plain arithmetic, so that its last bit is the same on every machine. Within
 * 1 ulp of the true value. −Infinity at 0, NaN below.
 */
export function portableLog(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let exponent = -1023;
  let value = x;
  if (value < 2.2250738585072014e-308) {
    value *= twoTo54;
    exponent -= 54;
  }
  // x = 2^exponent · mantissa with the mantissa in [√½, √2).
  const bits = highWord(value);
  const fraction = bits & 0xfffff;
  const halve = (fraction + 0x95f64) & 0x100000;
  exponent += (bits >>> 20) + (halve >>> 20);
  const mantissa = floatFromWords(fraction | (halve ^ 0x3ff00000), lowWord(value));

  // log(1 + f) = f − f²/2 + s·(f²/2 + R), s = f/(2 + f), R an even polynomial in s.
  const f = mantissa - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = 0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373);
  const even =
    0.6666666666666735 +
    w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586));
  const r = w * odd + z * even;
  const halfSquare = 0.5 * f * f;
  return exponent * ln2High - (halfSquare - (s * (halfSquare + r) + exponent * ln2Low) - f);
}
