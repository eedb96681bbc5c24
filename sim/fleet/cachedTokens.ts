import type { Replica } from '../engine/replica.js';
import type { RoutedRequest } from './router.js';

/** Tokens of a prompt whose KV a replica holds at `timeMs`: whole blocks. */
export function cachedTokens(
  replica: Replica,
  { stream, promptTokens }: RoutedRequest,
  timeMs: number,
): number {
  replica.observe(timeMs);
  const { kv, blockShift } = replica.former;
  kv.lookup(stream, promptTokens >> blockShift);
  return kv.presentBlocks << blockShift;
}
