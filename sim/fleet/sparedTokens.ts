import type { Replica } from '../engine/replica.js';

/**
 * Tokens of a prompt that a replica need not compute at `timeMs`: whole cached blocks, and one token at least is
 * computed. `kv.pinnedBlocks` is set too.
 */
export function sparedTokens(
  replica: Replica,
  stream: number,
  promptTokens: number,
  blockTokens: number,
  timeMs: number,
): number {
  replica.observe(timeMs);
  const { kv } = replica.former;
  kv.lookup(stream, Math.floor((promptTokens - 1) / blockTokens));
  return kv.presentBlocks * blockTokens;
}
