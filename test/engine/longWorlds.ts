/** Compares the engines on many random worlds, or on one: `--worlds 50000 --seed 1`, or `--world 17`. */
import { parseArgs } from 'node:util';
import { randomWorld } from './randomWorld.js';
import { runFast } from './runFast.js';
import { findMismatch } from './worldEquality.js';
import { WorldReach } from './worldReach.js';

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '50000' },
    seed: { type: 'string', default: '1' },
    world: { type: 'string' },
  },
});
process.exitCode =
  values.world === undefined
    ? compareMany(Number(values.seed), Number(values.worlds))
    : compareOne(Number(values.world));

/** Each seed names its worlds: seed s has worlds 1,000,000·s and up. Stops after ten mismatches. */
function compareMany(seed: number, worlds: number): number {
  const reach = new WorldReach();
  let mismatches = 0;
  for (let i = 0; i < worlds && mismatches < 10; i++) {
    const random = randomWorld(seed * 1_000_000 + i);
    const mismatch = findMismatch(random, runFast);
    if (mismatch !== undefined) {
      mismatches++;
      console.log(mismatch);
    }
    reach.add(random);
    if ((i + 1) % 5000 === 0) console.error(`${i + 1} of ${worlds} worlds`);
  }
  for (const line of reach.lines) console.log(line);
  // What a thousand worlds meet once is met often enough by fifty thousand to be trusted.
  const rare = reach.rarerThan(Math.floor(worlds / 500));
  for (const line of rare) console.log(`too rare: ${line}`);
  console.log(mismatches === 0 ? 'no mismatch' : `${mismatches} mismatches`);
  return mismatches + rare.length === 0 ? 0 : 1;
}

function compareOne(seed: number): number {
  const random = randomWorld(seed);
  const { grid: _, cost, ...world } = random.world;
  console.log(
    JSON.stringify({ ...world, windowTokens: cost.windowTokens, isAffine: cost.isAffine }),
  );
  const mismatch = findMismatch(random, runFast);
  console.log(mismatch ?? `world ${seed}: no mismatch`);
  return mismatch === undefined ? 0 : 1;
}
