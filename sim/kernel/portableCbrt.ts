import { floatFromWords, highWord, lowWord } from './floatBits.js';

// Method and coefficients: FreeBSD msun, s_cbrt.c, after fdlibm. Copyright (C) 1993 by Sun Microsystems,
// Inc. All rights reserved. Permission to use, copy, modify, and distribute this software is freely
// granted, provided that this notice is preserved.
const twoTo54 = 18014398509481984;

/**
 * Cube root by plain arithmetic, so that its last bit is the same on every machine. Within 1 ulp (0.67
 * at worst) of the true value, for any sign.
 */
export function portableCbrt(x: number): number {
  const size = Math.abs(x);
  // 0, NaN and Infinity are their own cube roots.
  if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return x;

  // A third of the exponent bits, moved to keep the bias: right to 5 bits.
  let t =
    size < 2.2250738585072014e-308
      ? floatFromWords(((highWord(size * twoTo54) / 3) | 0) + 696219795, 0)
      : floatFromWords(((highWord(size) / 3) | 0) + 715094163, 0);
  // To 23 bits by a polynomial in t³/x.
  let r = t * t * (t / size);
  t *=
    1.87595182427177 +
    r * (-1.8849797954337717 + r * 1.6214297201053545) +
    r * r * r * (-0.758397934778766 + r * 0.14599619288661245);
  // Rounded to 23 bits, so that t² is exact; then one Newton step.
  const low = lowWord(t);
  t = floatFromWords(highWord(t) + (low >= 0x80000000 ? 1 : 0), (low + 0x80000000) & 0xc0000000);
  r = size / (t * t);
  r = (r - t) / (t + t + r);
  t += t * r;
  return x < 0 ? -t : t;
}
