/** How many float64 numbers a and b are apart; 0 for two NaN, and between the two zeros. For tests of portable maths. */
export function ulpDistance(a: number, b: number): number {
  if (Number.isNaN(a) && Number.isNaN(b)) return 0;
  const distance = order(a) - order(b);
  return Number(distance < 0n ? -distance : distance);
}

const bits = new BigInt64Array(1);
const floats = new Float64Array(bits.buffer);

/** Neighbouring floats have neighbouring numbers. */
function order(value: number): bigint {
  floats[0] = value;
  const word = bits[0]!;
  return word < 0n ? -(word & 0x7fffffffffffffffn) : word;
}
