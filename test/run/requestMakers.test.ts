import { describe, expect, test } from 'vitest';
import { privateContext, TokenStreams } from '../../sim/engine/tokenStreams.js';
import { DrawKey } from '../../sim/kernel/hashDraw.js';
import { randomStreams } from '../../sim/kernel/random.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import { LawRequests } from '../../sim/run/lawRequests.js';
import { ReplayedRequests } from '../../sim/run/replayedRequests.js';
import type { RequestMaker } from '../../sim/run/requestMaker.js';
import type { LawSource } from '../../sim/run/scenario.js';
import type { RequestTrace } from '../../sim/workload/requestTrace.js';
import { traceOf } from './handScenario.js';

const grid = powerOfTwoGrid(27);

/** Everything that a maker makes, as `[atMs, promptTokens, outputTokens, stream, affinityKey]`. */
function made(maker: RequestMaker): [number, number, number, number, number][] {
  const all: [number, number, number, number, number][] = [];
  for (let ordinal = 0; ; ordinal++) {
    const atMs = maker.nextMs();
    if (atMs === Number.POSITIVE_INFINITY) return all;
    maker.make(ordinal);
    all.push([atMs, maker.promptTokens, maker.outputTokens, maker.stream, maker.affinityKey]);
  }
}

describe('requests by laws', () => {
  function lawRequests(changes: Partial<LawSource>, streams = new TokenStreams()) {
    const source: LawSource = {
      kind: 'laws',
      arrivals: { kind: 'constant', ratePerMs: 0.1 },
      batch: 1,
      promptTokens: { kind: 'lognormal', median: 100, sigma: 1 },
      outputTokens: { kind: 'exponential', mean: 20 },
      sharedPrefix: undefined,
      ...changes,
    };
    const randomStream = randomStreams('seed');
    return new LawRequests(source, {
      arrivals: randomStream('arrivals'),
      key: DrawKey.fromStream(randomStream('population')),
      grid,
      horizonMs: 100,
      streams,
      prefixStream: source.sharedPrefix === undefined ? -1 : streams.addRoot(),
    });
  }

  const sizes = (maker: RequestMaker) => made(maker).map(([, prompt, output]) => [prompt, output]);

  test('arrive before the horizon, one after the other or in batches', () => {
    expect(made(lawRequests({})).map(([atMs]) => atMs)).toEqual([
      10, 20, 30, 40, 50, 60, 70, 80, 90,
    ]);
    const arrivals = { kind: 'constant', ratePerMs: 0.03 } as const;
    expect(made(lawRequests({ batch: 3, arrivals })).map(([atMs]) => Math.round(atMs))).toEqual([
      33, 33, 33, 67, 67, 67,
    ]);
  });

  test('the n-th has the same size whatever the arrivals', () => {
    const calm = sizes(lawRequests({}));
    const busy = sizes(lawRequests({ arrivals: { kind: 'poisson', ratePerMs: 1 } }));
    expect(busy.length).toBeGreaterThan(60);
    expect(busy.slice(0, 9)).toEqual(calm);
    expect(sizes(lawRequests({ batch: 7 })).slice(0, 9)).toEqual(calm);
    expect(new Set(busy.map(String)).size).toBeGreaterThan(60);
  });

  test('other output lengths leave the prompts as they were', () => {
    const other = sizes(lawRequests({ outputTokens: { kind: 'constant', value: 5 } }));
    expect(other.map(([prompt]) => prompt)).toEqual(
      sizes(lawRequests({})).map(([prompt]) => prompt),
    );
    expect(new Set(other.map(([, output]) => output))).toEqual(new Set([5]));
  });

  test('have whole tokens, at least one and no more than 100 million', () => {
    const law = (value: number) => ({ kind: 'constant', value }) as const;
    const [first] = sizes(lawRequests({ promptTokens: law(0), outputTokens: law(1.5) }));
    expect(first).toEqual([1, 2]);
    const [huge] = sizes(lawRequests({ promptTokens: law(1e12), outputTokens: law(0.4) }));
    expect(huge).toEqual([100_000_000, 1]);
  });

  test('begin with the shared prefix, or each with a context of its own', () => {
    const streams = new TokenStreams();
    const sharedPrefix = { id: 'system', tokens: 1000 };
    const sharing = made(lawRequests({ sharedPrefix }, streams));
    const alone = sizes(lawRequests({}));
    const prefixStream = 0;
    for (const [index, [, prompt, , stream]] of sharing.entries()) {
      expect(prompt).toBe(1000 + alone[index]![0]!);
      expect([streams.parent[stream], streams.fork[stream]]).toEqual([prefixStream, 1000]);
    }
    for (const [, , , stream] of sharing) streams.release(stream);
    expect(streams.live).toBe(1);
    const roots = new TokenStreams();
    for (const [, , , stream] of made(lawRequests({}, roots))) {
      expect(stream).toBe(privateContext);
    }
    expect(roots.live).toBe(0);
  });
});

describe('requests of a trace', () => {
  /** 1 and 2 begin like 0 (its first 2 blocks, its first block), 3 is alone, 4 begins like 2. */
  const families: RequestTrace = {
    ...traceOf([
      [0, 40, 5],
      [10, 50, 6],
      [20, 30, 7],
      [30, 20, 8],
      [40, 40, 9],
    ]),
    blockHashes: {
      blockTokens: 16,
      ids: Int32Array.of(1, 2, 3, 1, 2, 4, 5, 1, 6, 7, 8, 1, 6, 9),
      offsets: Int32Array.of(0, 3, 7, 9, 11, 14),
    },
  };
  const replayed = (copies: number, streams: TokenStreams, horizonMs = 1e6) =>
    new ReplayedRequests(
      { kind: 'replay', trace: families, rateFactor: 1, copies },
      streams,
      grid,
      horizonMs,
    );

  test('are as recorded, with the prefixes that they share', () => {
    const streams = new TokenStreams();
    const all = made(replayed(1, streams));
    expect(all.map(([atMs, prompt, output]) => [atMs, prompt, output])).toEqual([
      [0, 40, 5],
      [10, 50, 6],
      [20, 30, 7],
      [30, 20, 8],
      [40, 40, 9],
    ]);
    const stream = all.map((one) => one[3]);
    const forks = stream.map((one) =>
      one === privateContext
        ? 'private'
        : [streams.parent[one]! < 0 ? -1 : stream.indexOf(streams.parent[one]!), streams.fork[one]],
    );
    expect(forks).toEqual([[-1, 0], [0, 32], [0, 16], 'private', [2, 30]]);
    expect(all.map(([, , , , family]) => family)).toEqual([0, 0, 0, 3, 0]);
  });

  test('copies follow after one mean gap and share no prefixes', () => {
    const streams = new TokenStreams();
    const all = made(replayed(3, streams));
    expect(all.map(([atMs]) => atMs)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((i) => 10 * i),
    );
    const rootOf = (stream: number): number =>
      streams.parent[stream]! < 0 ? stream : rootOf(streams.parent[stream]!);
    const shared = all.map((one) => one[3]).filter((one) => one !== privateContext);
    const roots = shared.map((one) => rootOf(one));
    expect(new Set(roots).size).toBe(3);
    expect(roots[4]).toBe(roots[7]);
    expect(roots[4]).not.toBe(roots[0]);
  });

  test('no stream is left when all requests have ended, in whatever order', () => {
    for (const order of ['first come', 'last come'] as const) {
      const streams = new TokenStreams();
      // Four of the five requests of each copy share a prefix; the other has a private context.
      const all = made(replayed(3, streams))
        .map((one) => one[3])
        .filter((one) => one !== privateContext);
      expect(streams.live).toBe(12);
      for (const stream of order === 'first come' ? all : all.reverse()) streams.release(stream);
      expect(streams.live).toBe(0);
    }
  });

  test('requests that end at once leave only what later ones begin with', () => {
    const streams = new TokenStreams();
    const maker = replayed(50, streams);
    let most = 0;
    for (let ordinal = 0; maker.nextMs() < Number.POSITIVE_INFINITY; ordinal++) {
      maker.make(ordinal);
      if (maker.stream !== privateContext) streams.release(maker.stream);
      most = Math.max(most, streams.live);
    }
    // The first and the third, which others fork from; the forked ones are gone with their requests.
    expect(most).toBe(2);
    expect(streams.live).toBe(0);
  });
});
