import { describe, expect, test } from 'vitest';
import { randomWorld } from './randomWorld.js';
import { runFast } from './runFast.js';
import { findMismatch } from './worldEquality.js';
import { WorldReach } from './worldReach.js';

/** More: `npm run test:long -- --worlds 50000 --seed 1`. */
const worldCount = 2000;
const batchSize = 400;

describe('the fast engine agrees with the reference engine to the last bit', () => {
  const reach = new WorldReach();
  const firstSeeds = Array.from({ length: worldCount / batchSize }, (_, i) => 1 + i * batchSize);

  test.each(firstSeeds)(`in ${batchSize} worlds from seed %i`, (firstSeed) => {
    for (let seed = firstSeed; seed < firstSeed + batchSize; seed++) {
      const random = randomWorld(seed);
      expect(findMismatch(random, runFast)).toBeUndefined();
      reach.add(random);
    }
  });

  test('and these worlds meet every kind of situation ten times at least', () => {
    expect(reach.rarerThan(10)).toEqual([]);
  });
});
