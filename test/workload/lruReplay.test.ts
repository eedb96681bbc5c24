import { describe, expect, test } from 'vitest';
import { hashedTrace } from './hashedTrace.js';
import { type CacheShares, replayThroughLru } from './lruReplay.js';
import { measuredTrace } from './measuredTrace.js';

describe('replayThroughLru', () => {
  test('a cache of 3 blocks keeps the youngest prefix, worked out by hand', () => {
    // Blocks of 4. [1 2 3] fills the cache; [1 2 4] hits two and drops 3, the oldest; [1 2 3] hits two
    // of three; [5] drops 3 again, which was used before 2 and 1.
    const trace = hashedTrace(4, [
      { promptTokens: 12, hashes: [1, 2, 3] },
      { promptTokens: 11, hashes: [1, 2, 4] },
      { promptTokens: 12, hashes: [1, 2, 3] },
      { promptTokens: 2, hashes: [5] },
      { promptTokens: 6, hashes: [1, 2] },
    ]);
    // 0, 8, 8, 0 and 6 tokens: the last prompt is shorter than its two blocks.
    expect(replayThroughLru(trace, 3)).toEqual({
      hitBlocks: 6,
      blocks: 12,
      hitTokens: 22,
      promptTokens: 43,
    });
  });

  test('Mooncake conversation: the known shares of blocks and tokens, by capacity', (context) => {
    const trace = measuredTrace(context, 'mooncake_conversation');
    const shares = [Number.POSITIVE_INFINITY, 1_000, 10_000, 50_000].map((capacity) =>
      percents(replayThroughLru(trace, capacity)),
    );
    expect(shares).toEqual([
      { ofBlocks: '36.64', ofTokens: '37.36' },
      { ofBlocks: '4.45', ofTokens: '4.54' },
      { ofBlocks: '21.16', ofTokens: '21.57' },
      { ofBlocks: '35.46', ofTokens: '36.15' },
    ]);
  });

  test('Mooncake synthetic: 65.1% of tokens without a limit', (context) => {
    const trace = measuredTrace(context, 'mooncake_synthetic');
    const shares = replayThroughLru(trace, Number.POSITIVE_INFINITY);
    expect(percents(shares)).toEqual({ ofBlocks: '63.96', ofTokens: '65.12' });
  });
});

function percents({ hitBlocks, blocks, hitTokens, promptTokens }: CacheShares) {
  return {
    ofBlocks: ((100 * hitBlocks) / blocks).toFixed(2),
    ofTokens: ((100 * hitTokens) / promptTokens).toFixed(2),
  };
}
