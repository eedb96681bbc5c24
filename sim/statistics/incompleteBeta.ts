import { invariant } from '../kernel/invariant.js';
import { portableExp } from '../kernel/portableExp.js';
import { portableLog } from '../kernel/portableLog.js';
import { portableLogGamma } from '../kernel/portableLogGamma.js';

/**
 * The regularised incomplete beta function I_x(a, b) for a, b > 0 and 0 ≤ x ≤ 1: what the t and the
 * binomial distributions are made of. Error about 1e-16 · (a + b) absolute, at least 1e-14.
 */
export function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const logFront =
    portableLogGamma(a + b) -
    portableLogGamma(a) -
    portableLogGamma(b) +
    a * portableLog(x) +
    b * portableLog(1 - x);
  const front = portableExp(logFront);
  // The fraction converges fast below the mean, and the function is symmetric.
  return x < (a + 1) / (a + b + 2)
    ? (front * continuedFraction(a, b, x)) / a
    : 1 - (front * continuedFraction(b, a, 1 - x)) / b;
}

/** By Lentz's method; needs about √max(a, b) terms. */
function continuedFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 1_000_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) return fraction;
  }
  invariant(false, `incomplete beta function did not converge at ${a}, ${b}, ${x}`);
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
