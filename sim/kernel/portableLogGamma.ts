import { portableLog } from './portableLog.js';

const halfLog2Pi = 0.9189385332046728;

/**
 * Logarithm of the gamma function for x > 0, the same on every machine. Error about 1e-15 relative or
 * absolute, whichever is larger, by Stirling's series from 10 up and the recurrence below.
 */
export function portableLogGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < 10) {
    product *= shifted;
    shifted += 1;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 -
      square *
        (1 / 360 -
          square *
            (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360))))));
  return (
    (shifted - 0.5) * portableLog(shifted) - shifted + halfLog2Pi + series - portableLog(product)
  );
}
