import { describe, expect, test } from 'vitest';
import { hashedTrace } from '../workload/hashedTrace.js';
import { replayThroughLru } from '../workload/lruReplay.js';
import { measuredTrace } from '../workload/measuredTrace.js';
import { replayThroughCache } from './cacheReplay.js';

describe('the cache of extents, replayed without time', () => {
  test('a cache of 3 blocks keeps the youngest prefix, worked out by hand', () => {
    const trace = hashedTrace(4, [
      { promptTokens: 12, hashes: [1, 2, 3] },
      { promptTokens: 11, hashes: [1, 2, 4] },
      { promptTokens: 12, hashes: [1, 2, 3] },
      { promptTokens: 2, hashes: [5] },
      { promptTokens: 6, hashes: [1, 2] },
    ]);
    expect(replayThroughCache(trace, 3)).toEqual({
      hitBlocks: 6,
      blocks: 12,
      hitTokens: 22,
      promptTokens: 43,
    });
  });

  test('hits of the Mooncake conversation trace equal those of a block-by-block LRU', (context) => {
    const trace = measuredTrace(context, 'mooncake_conversation');
    for (const capacity of [1_000, 10_000, 50_000, 1_000_000]) {
      expect(replayThroughCache(trace, capacity)).toEqual(replayThroughLru(trace, capacity));
    }
  });

  test('Mooncake conversation: 37.4% of tokens hit without a limit, 4.54, 21.57, 36.15% with 1,000, 10,000, 50,000 blocks', (context) => {
    const trace = measuredTrace(context, 'mooncake_conversation');
    const shares = [1_000_000, 1_000, 10_000, 50_000].map((capacity) => {
      const { hitTokens, promptTokens } = replayThroughCache(trace, capacity);
      return ((100 * hitTokens) / promptTokens).toFixed(2);
    });
    expect(shares).toEqual(['37.36', '4.54', '21.57', '36.15']);
  });

  test('Mooncake synthetic: 65.1% of tokens hit without a limit', (context) => {
    const trace = measuredTrace(context, 'mooncake_synthetic');
    const { hitTokens, promptTokens } = replayThroughCache(trace, 1_000_000);
    expect(((100 * hitTokens) / promptTokens).toFixed(1)).toBe('65.1');
  });
});
