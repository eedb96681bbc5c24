import type { WorldStream } from './world.js';

/** More blocks than any stream of a test world has. */
const blocksPerStream = 1 << 20;

/**
 * Names block `index` (from 0) of a stream by what it holds: two blocks have one name exactly when they
 * hold the same tokens after the same prefix.
 *
 * A token is written once, in one stream, and streams only fork: so a token determines all tokens before
 * it, and the last token of a block determines the block.
 */
export function blockIdentity(
  streams: readonly WorldStream[],
  blockTokens: number,
  stream: number,
  index: number,
): number {
  const lastToken = (index + 1) * blockTokens - 1;
  let writer = stream;
  for (;;) {
    const { parent, forkTokens } = streams[writer]!;
    if (parent < 0 || lastToken >= forkTokens) return writer * blocksPerStream + index;
    writer = parent;
  }
}
