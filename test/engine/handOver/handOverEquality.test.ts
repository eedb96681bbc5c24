import { describe, expect, test } from 'vitest';
import { findHandOverMismatch } from './findHandOverMismatch.js';
import { compareHandOvers } from './handOverWorld.js';
import { type RandomHandOverWorld, randomHandOverWorld } from './randomHandOverWorld.js';
import { runHandOver } from './runHandOver.js';

const worldCount = 800;
const batchSize = 200;

describe('the fast engine agrees with the reference on hand-overs to the last bit', () => {
  const reach = new Map<string, number>();
  const firstSeeds = Array.from({ length: worldCount / batchSize }, (_, i) => 1 + i * batchSize);

  test.each(firstSeeds)(`in ${batchSize} worlds of two pools from seed %i`, (firstSeed) => {
    for (let seed = firstSeed; seed < firstSeed + batchSize; seed++) {
      const random = randomHandOverWorld(seed);
      expect(findHandOverMismatch(random, runHandOver)).toBeUndefined();
      note(random);
    }
  });

  test('and these worlds meet every kind of situation ten times at least', () => {
    const rare = [...reach].filter(([, count]) => count < 10);
    expect(rare).toEqual([]);
    expect(reach.get('handOvers')).toBeGreaterThan(1000);
  });

  function note({ reference }: RandomHandOverWorld): void {
    for (const [kind, count] of Object.entries(reference.reach))
      reach.set(kind, (reach.get(kind) ?? 0) + count);
  }
});

test('worlds that a longer search found: forks that come with what they were forked from, cancels in the last iteration before a prompt is computed again', () => {
  for (const seed of [900_983, 901_299, 901_682, 907_453, 910_194])
    expect(findHandOverMismatch(randomHandOverWorld(seed), runHandOver)).toBeUndefined();
  // A prompt that is partly computed, and a fork of it whose KV comes from elsewhere.
  expect(findHandOverMismatch(randomHandOverWorld(953_907, true), runHandOver)).toBeUndefined();
});

test('worlds in which a sequence was sent back for ever, or waited for a block for ever, end', () => {
  // Found while the rule was that a sequence whose KV is on its way cannot lose its room.
  for (const seed of [4762, 4851, 23_910]) {
    const { world, reference } = randomHandOverWorld(seed, true);
    expect(compareHandOvers(reference, runHandOver(world))).toBeUndefined();
    expect(reference.columns.finishMs.some(Number.isNaN)).toBe(
      reference.arrivalMs.some(Number.isNaN),
    );
  }
});
