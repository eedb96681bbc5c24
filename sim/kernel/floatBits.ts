/** The bits of a float64, as two 32-bit words: what logarithm buckets, hashes and portable maths work on. */

const floats = new Float64Array(1);
const words = new Uint32Array(floats.buffer);
floats[0] = 1;
// 1.0 is 0x3ff00000_00000000: the word that is not zero is the high one, whatever the byte order.
const high = words[1] === 0 ? 0 : 1;
const low = 1 - high;

/** Sign, exponent and the first 20 fraction bits, as an unsigned integer. */
export function highWord(value: number): number {
  floats[0] = value;
  return words[high]!;
}

/** The last 32 fraction bits, as an unsigned integer. */
export function lowWord(value: number): number {
  floats[0] = value;
  return words[low]!;
}

/** The float64 with these two words; inverse of `highWord` and `lowWord`. */
export function floatFromWords(highBits: number, lowBits: number): number {
  words[high] = highBits;
  words[low] = lowBits;
  return floats[0]!;
}
