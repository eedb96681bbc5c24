import { expect, test } from 'vitest';
import { findHandOverMismatch } from '../handOver/findHandOverMismatch.js';
import { type RandomHandOverWorld, randomHandOverWorld } from '../handOver/randomHandOverWorld.js';
import { combinedHandOverFaults } from './combinedHandOverFaults.js';
import { faultyHandOver } from './faultyEngine.js';
import { handOverFaults } from './handOverFaults.js';
import { rePrefillFaults } from './rePrefillFaults.js';

/** A fault that hides in this many worlds in a row counts as missed. */
const maxWorlds = 400;
const known = new Map<number, RandomHandOverWorld>();

test.each(
  [...handOverFaults, ...combinedHandOverFaults, ...rePrefillFaults].map(
    (fault) => [fault.breaks, fault] as const,
  ),
)('worlds of two pools show when %s', async (_, fault) => {
  const run = await faultyHandOver(fault);
  let mismatch: string | undefined;
  const first = fault.firstWorld ?? 1;
  for (let seed = first; seed < first + maxWorlds && mismatch === undefined; seed++) {
    const random = known.get(seed) ?? randomHandOverWorld(seed);
    known.set(seed, random);
    mismatch = findHandOverMismatch(random, run);
  }
  expect(mismatch, `fault "${fault.name}" is not noticed`).toBeDefined();
  // A replacement that does not fit the engine any more breaks something, but not what it says.
  expect(mismatch).not.toMatch(/(Type|Reference)Error/);
});
