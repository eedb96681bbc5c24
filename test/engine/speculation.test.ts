import { describe, expect, test } from 'vitest';
import { DraftAcceptance } from '../../sim/engine/draftAcceptance.js';
import { handWorld } from './handWorld.js';
import { runReference } from './referenceEngine.js';
import { runFast } from './runFast.js';

const drafting = (acceptedShares: number[]) => ({
  draftTokens: acceptedShares.length,
  acceptedShares,
  draftMs: 0,
  draftShare: 0,
});

/** The affine cost of hand-made worlds would be asked for its growth by nobody, but the contract wants it listed. */
const listed = (world: ReturnType<typeof handWorld>) => ({
  ...world,
  cost: { ...world.cost, isAffine: false },
});

describe('a request of 4 prompt and 6 output tokens, iterations of a second, two drafts', () => {
  const world = (acceptedShares: number[]) =>
    listed(
      handWorld({
        engine: {
          asyncScheduling: false,
          blockTokens: 4,
          speculation: drafting(acceptedShares),
        },
        tasks: [{ promptTokens: 4, outputTokens: 6, atMs: 0 }],
      }),
    );

  test('all accepted: the first token, three at once, and the two that are left', () => {
    const reference = runReference(world([1, 1]));
    expect(reference.tokenTimesMs[0]).toEqual([1000, 2000, 2000, 2000, 3000, 3000]);
    for (const result of [reference, runFast(world([1, 1]))]) {
      expect(result.finishMs[0]).toBe(3000);
      expect([result.computedTokens, result.draftTokens, result.acceptedDrafts]).toEqual([
        10, 4, 3,
      ]);
      // Contexts of 4 + 3 and 7 + 3 tokens.
      expect(result.decodeContextTokens).toBe(17);
      expect(result.itl.toJSON()).toMatchObject({ zeroCount: 3, min: 0, max: 1000 });
      // Nine tokens computed and kept: two full blocks, and no other one is held for drafts any more.
      expect([result.freeBlocksAtFinish[0], result.evictableBlocksAtFinish[0]]).toEqual([98, 2]);
    }
  });

  test('none accepted: a token an iteration, and three computed', () => {
    for (const result of [runReference(world([0, 0])), runFast(world([0, 0]))]) {
      expect(result.finishMs[0]).toBe(6000);
      expect([result.computedTokens, result.draftTokens, result.acceptedDrafts]).toEqual([
        19, 10, 0,
      ]);
      expect(result.itl.toJSON()).toMatchObject({ zeroCount: 0, min: 1000, max: 1000 });
    }
  });
});

test('drafts need blocks: a sequence is preempted for those of another', () => {
  // Blocks of 4. Two sequences hold a block each after their prompts; each needs a second for its drafts at once, and there are three.
  const engine = {
    asyncScheduling: false,
    wholeSequenceAdmission: false,
    blockTokens: 4,
    kvBlocks: 3,
  };
  const tasks = [
    { promptTokens: 4, outputTokens: 3, atMs: 0 },
    { promptTokens: 3, outputTokens: 2, atMs: 0 },
  ];
  const plain = runReference(handWorld({ engine, tasks }));
  expect([...plain.preemptions]).toEqual([0, 0]);
  const speculation = drafting([0, 0, 0]);
  const drafted = listed(handWorld({ engine: { ...engine, speculation }, tasks }));
  for (const result of [runReference(drafted), runFast(drafted)])
    expect([...result.preemptions]).toEqual([0, 1]);
});

describe('how many drafts are accepted', () => {
  test('has the shares that were asked for, over sequences and over iterations of one', () => {
    const acceptedShares = [0.8, 0.5, 0.1];
    const acceptance = new DraftAcceptance(drafting(acceptedShares));
    for (const draw of [
      (i: number) => acceptance.tokensOf(i, 0),
      (i: number) => acceptance.tokensOf(-12_345, i),
      (i: number) => acceptance.tokensOf(i * 0x10000, i & 7),
    ]) {
      const counts = [0, 0, 0];
      for (let i = 0; i < 100_000; i++)
        for (let draft = 0; draft < draw(i) - 1; draft++) counts[draft]!++;
      counts.forEach((count, draft) => {
        // Five standard deviations of a share are 0.008 at most.
        expect(Math.abs(count / 100_000 - acceptedShares[draft]!)).toBeLessThan(0.008);
      });
    }
  });

  test('does not hang together from one iteration to the next', () => {
    const acceptance = new DraftAcceptance(drafting([0.5]));
    let both = 0;
    for (let i = 0; i < 100_000; i++)
      if (acceptance.tokensOf(7, i) === 2 && acceptance.tokensOf(7, i + 1) === 2) both++;
    expect(Math.abs(both / 100_000 - 0.25)).toBeLessThan(0.008);
  });
});
