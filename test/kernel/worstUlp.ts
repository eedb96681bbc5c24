import { ulpDistance } from './ulpDistance.js';

/** The largest distance between two functions over many arguments, and where it is. */
export function worstUlp(
  ours: (x: number) => number,
  reference: (x: number) => number,
  argument: () => number,
  count: number,
): { ulp: number; at: number } {
  let worst = { ulp: 0, at: Number.NaN };
  for (let i = 0; i < count; i++) {
    const at = argument();
    const ulp = ulpDistance(ours(at), reference(at));
    if (ulp > worst.ulp) worst = { ulp, at };
  }
  return worst;
}

/** A source of positive floats whose bits are uniform: subnormal to the largest. */
export function anyPositive(uniform: () => number): () => number {
  const bits = new BigUint64Array(1);
  const floats = new Float64Array(bits.buffer);
  return () => {
    bits[0] = BigInt(Math.floor(uniform() * 2047 * 2 ** 52));
    return floats[0]!;
  };
}
