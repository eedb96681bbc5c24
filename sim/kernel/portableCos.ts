// Method and coefficients: fdlibm, k_cos.c, k_sin.c and e_rem_pio2.c. Copyright (C) 1993 by Sun
// Microsystems, Inc. All rights reserved. Permission to use, copy, modify, and distribute this software
// is freely granted, provided that this notice is preserved.
const twoOverPi = 0.6366197723675814;
/** The first 33 bits of π/2, and the rest. */
const halfPiHigh = 1.5707963267341256;
const halfPiLow = 6.077100506506192e-11;

/**
 * Cosine of an angle in radians by plain arithmetic, so that its last bit is the same on every machine:
 * for rates that follow the time of day. Absolute error below 2e-16 for |x| ≤ 1e6 (160,000 days).
 */
export function portableCos(x: number): number {
  const quarters = Math.round(x * twoOverPi);
  // Exact: 33 bits times at most 20.
  const coarse = x - quarters * halfPiHigh;
  const correction = quarters * halfPiLow;
  const angle = coarse - correction;
  const rest = coarse - angle - correction;
  switch (quarters & 3) {
    case 0:
      return cosNearZero(angle, rest);
    case 1:
      return -sinNearZero(angle, rest);
    case 2:
      return -cosNearZero(angle, rest);
    default:
      return sinNearZero(angle, rest);
  }
}

/** cos(x + rest) for |x| ≤ π/4. */
function cosNearZero(x: number, rest: number): number {
  const z = x * x;
  const w = z * z;
  const r =
    z * (0.0416666666666666 + z * (-0.001388888888887411 + z * 0.00002480158728947673)) +
    w * w * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11));
  const half = 0.5 * z;
  const first = 1 - half;
  return first + (1 - first - half + (z * r - x * rest));
}

/** sin(x + rest) for |x| ≤ π/4. */
function sinNearZero(x: number, rest: number): number {
  const z = x * x;
  const r =
    0.00833333333332249 +
    z *
      (-0.0001984126982985795 +
        z * (0.0000027557313707070068 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)));
  const cube = z * x;
  return x - (z * (0.5 * rest - cube * r) - rest - cube * -0.16666666666666632);
}
