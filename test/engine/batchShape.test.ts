import { describe, expect, test } from 'vitest';
import { batchShape } from './batchShape.js';

describe('the shape of a batch', () => {
  const sequence = {} as Parameters<typeof batchShape>[0][number]['sequence'];
  const rows = [
    { sequence, tokens: 1, contextTokens: 8, isDecode: true, gives: 1 },
    { sequence, tokens: 1, contextTokens: 12, isDecode: true, gives: 1 },
    { sequence, tokens: 3, contextTokens: 11, isDecode: false, gives: 0 },
  ];

  test('counts tokens, pairs and contexts, capped at the window', () => {
    // The chunk computes positions 9, 10 and 11 after 8 others.
    expect(batchShape(rows, 10)).toEqual({
      decodeRows: 2,
      tokensPerDecodeRow: 1,
      chunks: 1,
      chunkTokens: 3,
      chunkPairs: 30,
      chunkPriorTokens: 8,
      decodeContextTokens: 20,
      windowedChunkPairs: 29,
      windowedChunkPriorTokens: 8,
      windowedDecodeContextTokens: 18,
      sampledRows: 2,
    });
  });

  test('leaves the windowed counts at zero where there is no window', () => {
    expect(batchShape(rows, 0)).toMatchObject({
      windowedChunkPairs: 0,
      windowedChunkPriorTokens: 0,
      windowedDecodeContextTokens: 0,
    });
  });
});
