import { floatFromWords } from './floatBits.js';

// Method and coefficients: fdlibm, e_exp.c. Copyright (C) 1993 by Sun Microsystems, Inc. All rights
// reserved. Permission to use, copy, modify, and distribute this software is freely granted, provided
// that this notice is preserved.
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;
const inverseLn2 = 1 / (ln2High + ln2Low);
/** Above the first the result overflows to Infinity, below the second it is 0. */
const largestExponent = 709.782712893384;
const smallestExponent = -745.1332191019411;

/**
 * e^x by plain arithmetic, so that its last bit is the same on every machine. Within 1 ulp of the true
 * value.
 */
export function portableExp(x: number): number {
  if (x > largestExponent) return Number.POSITIVE_INFINITY;
  if (x < smallestExponent) return 0;
  if (!(Math.abs(x) > 3.725290298461914e-9)) return 1 + x;

  // x = k·ln 2 + r with |r| ≤ ln 2 / 2; high − low is r to more bits than a float64 holds.
  const k = Math.abs(x) > 0.5 * ln2High ? Math.round(x * inverseLn2) : 0;
  const high = x - k * ln2High;
  const low = k * ln2Low;
  const r = high - low;

  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t *
              (0.00006613756321437934 +
                t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  // In two steps where 2^k alone is not a normal number.
  if (k > 1023) return y * 2 * powerOfTwo(k - 1);
  if (k < -1022) return y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
  return y * powerOfTwo(k);
}

/** 2^k for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: number): number {
  return floatFromWords((k + 1023) << 20, 0);
}
