import type { Precision } from './deployment.js';

/** Bytes of one element of the KV cache, scales left out (they are shared by whole heads). */
export const bytesPerElement: Readonly<Record<Precision, number>> = {
  bf16: 2,
  fp8: 1,
  int8: 1,
  fp4: 0.5,
  int4: 0.5,
};
