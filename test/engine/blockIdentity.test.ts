import { expect, test } from 'vitest';
import { blockIdentity } from './blockIdentity.js';

test('a block has one name in all streams that hold its tokens, and another after a fork inside it', () => {
  const streams = [
    { parent: -1, forkTokens: 0 },
    { parent: 0, forkTokens: 10 },
    { parent: 1, forkTokens: 8 },
  ];
  const names = streams.map((_, stream) =>
    [0, 1, 2].map((index) => blockIdentity(streams, 4, stream, index)),
  );
  expect(names[1]!.slice(0, 2)).toEqual(names[0]!.slice(0, 2));
  expect(names[2]!.slice(0, 2)).toEqual(names[0]!.slice(0, 2));
  expect(new Set(names.map((blocks) => blocks[2])).size).toBe(3);
});
