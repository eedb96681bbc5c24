/** The two words of the last `threefry` call: reused, so that a draw allocates nothing. */
export const threefryWords = new Int32Array(2);

/**
 * Threefry-2×32 with 13 rounds: scrambles a counter of two words under a key of two words, so well that
 * neighbouring counters and keys give unrelated results (Salmon et al., Parallel random numbers: as easy
 * as 1, 2, 3, SC 2011; passes BigCrush). The result is in `threefryWords`.
 */
export function threefry(key0: number, key1: number, counter0: number, counter1: number): void {
  const key2 = 0x1bd11bda ^ key0 ^ key1;
  let a = (counter0 + key0) | 0;
  let b = (counter1 + key1) | 0;

  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + key1) | 0;
  b = (b + key2 + 1) | 0;

  a = (a + b) | 0;
  b = ((b << 17) | (b >>> 15)) ^ a;
  a = (a + b) | 0;
  b = ((b << 29) | (b >>> 3)) ^ a;
  a = (a + b) | 0;
  b = ((b << 16) | (b >>> 16)) ^ a;
  a = (a + b) | 0;
  b = ((b << 24) | (b >>> 8)) ^ a;
  a = (a + key2) | 0;
  b = (b + key0 + 2) | 0;

  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + key0) | 0;
  b = (b + key1 + 3) | 0;

  a = (a + b) | 0;
  b = ((b << 17) | (b >>> 15)) ^ a;
  threefryWords[0] = a;
  threefryWords[1] = b;
}
