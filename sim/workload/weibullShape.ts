import { invariant } from '../kernel/invariant.js';
import { portableExp } from '../kernel/portableExp.js';
import { portableLog } from '../kernel/portableLog.js';
import { portableLogGamma } from '../kernel/portableLogGamma.js';

/** Coefficients of variation that a Weibull law is made for, both included. */
export const weibullCvRange = { min: 0.001, max: 100 } as const;

/**
 * The Weibull law with this coefficient of variation: its shape, and its scale for a mean of 1.
 * CV² + 1 = Γ(1 + 2x)/Γ(1 + x)² with x = 1/shape, which rises with x; solved by bisection.
 */
export function weibullShape(cv: number): {
  readonly shape: number;
  readonly scalePerMean: number;
} {
  const { min, max } = weibullCvRange;
  invariant(cv >= min && cv <= max, `no Weibull shape for a CV of ${cv}`);
  const target = portableLog(1 + cv * cv);
  let low = 0;
  let high = 16;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (portableLogGamma(1 + 2 * middle) - 2 * portableLogGamma(1 + middle) < target) low = middle;
    else high = middle;
  }
  return { shape: 1 / high, scalePerMean: portableExp(-portableLogGamma(1 + high)) };
}
