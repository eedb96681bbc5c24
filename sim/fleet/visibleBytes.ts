import type { HandOverOptions } from './handOverOptions.js';

/**
 * Bytes of `tokens` that are left to move when their prompt is computed. Layer by layer they move while the
 * later layers compute, up to `overlappedBytes`, but the last layer can only follow.
 */
export function visibleBytes(
  { kvBytesPerToken, overlappedLayers }: HandOverOptions,
  tokens: number,
  overlappedBytes: number,
): number {
  const bytes = tokens * kvBytesPerToken;
  if (overlappedLayers <= 1) return bytes;
  return Math.max(bytes / overlappedLayers, bytes - overlappedBytes);
}
