/** Compares the engines on many random worlds of two pools, or on one: `--worlds 10000 --seed 1` (worlds 1,000,000 and up), or `--world 17`. */
import { parseArgs } from 'node:util';
import { findHandOverMismatch } from './findHandOverMismatch.js';
import { randomHandOverWorld } from './randomHandOverWorld.js';
import { runHandOver } from './runHandOver.js';

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    world: { type: 'string' },
  },
});
process.exitCode =
  values.world === undefined
    ? compareMany(Number(values.seed) * 1_000_000, Number(values.worlds))
    : compareMany(Number(values.world), 1);

/** From this world on; stops after ten mismatches. */
function compareMany(first: number, worlds: number): number {
  let mismatches = 0;
  for (let world = first; world < first + worlds && mismatches < 10; world++) {
    const mismatch = mismatchIn(world);
    if (mismatch !== undefined) {
      mismatches++;
      console.log(mismatch);
    }
    const done = world - first + 1;
    if (done % 1000 === 0) console.error(`${done} of ${worlds} worlds`);
  }
  console.log(mismatches === 0 ? 'no mismatch' : `${mismatches} mismatches`);
  return mismatches === 0 ? 0 : 1;
}

function mismatchIn(world: number): string | undefined {
  try {
    return findHandOverMismatch(randomHandOverWorld(world), runHandOver);
  } catch (error) {
    return `two-pool world ${world}: the reference throws ${error instanceof Error ? error.message : String(error)}`;
  }
}
