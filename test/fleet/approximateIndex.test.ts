import { expect, test } from 'vitest';
import { privateContext, TokenStreams } from '../../sim/engine/tokenStreams.js';
import { ApproximateIndex } from '../../sim/fleet/approximateIndex.js';

const blockTokens = 16;

/** An index over two replicas that remembers so many blocks of each. */
function indexOf(blocks: number, streams = new TokenStreams()) {
  const index = new ApproximateIndex(streams, 2, blockTokens, blocks * blockTokens);
  const request = (stream: number, promptTokens: number) => ({
    stream,
    promptTokens,
    draw: 0,
    affinityKey: 0,
  });
  return {
    streams,
    send: (stream: number, tokens: number, replica: number) =>
      index.noteRouted(request(stream, tokens), replica),
    find: (stream: number, tokens: number) => {
      const blocksByReplica = new Int32Array(2);
      index.find(request(stream, tokens), 0, blocksByReplica);
      return [...blocksByReplica];
    },
  };
}

test('it knows the whole blocks of the prompts that were sent, and no answers', () => {
  const { streams, send, find } = indexOf(100);
  const a = streams.addRoot();
  send(a, 100, 0);
  expect(find(a, 100)).toEqual([6, 0]);
  expect(find(a, 50)).toEqual([3, 0]);
  expect(find(a, 1000)).toEqual([6, 0]);
  send(a, 160, 1);
  expect(find(a, 1000)).toEqual([6, 10]);
});

test('a fork shares what lies before it, on every replica that got it', () => {
  const { streams, send, find } = indexOf(100);
  const root = streams.addRoot();
  const left = streams.addFork(root, 64);
  const right = streams.addFork(root, 64);
  send(left, 128, 0);
  expect(find(right, 128)).toEqual([4, 0]);
  send(right, 96, 1);
  expect(find(right, 128)).toEqual([4, 6]);
  expect(find(left, 128)).toEqual([8, 4]);
});

test('what was sent longest ago is forgotten first, the end of a context before its start', () => {
  const { streams, send, find } = indexOf(10);
  const [a, b] = [streams.addRoot(), streams.addRoot()];
  send(a, 8 * 16, 0);
  send(b, 6 * 16, 0);
  expect([find(a, 1000), find(b, 1000)]).toEqual([
    [4, 0],
    [6, 0],
  ]);
  // Sending it again makes it the most recent.
  send(a, 5 * 16, 0);
  expect([find(a, 1000), find(b, 1000)]).toEqual([
    [5, 0],
    [5, 0],
  ]);
});

test('contexts that nobody shares take room, and streams that are remembered stay alive until forgotten', () => {
  const { streams, send, find } = indexOf(10);
  const a = streams.addRoot();
  send(a, 8 * 16, 0);
  streams.release(a);
  expect(streams.live).toBe(1);
  send(privateContext, 6 * 16, 0);
  expect(find(a, 1000)).toEqual([4, 0]);
  send(privateContext, 9 * 16, 0);
  send(privateContext, 9 * 16, 0);
  expect(streams.live).toBe(0);
});

test('a prompt larger than the index keeps its start', () => {
  const { streams, send, find } = indexOf(10);
  const a = streams.addRoot();
  send(a, 50 * 16, 1);
  expect(find(a, 50 * 16)).toEqual([0, 10]);
});
