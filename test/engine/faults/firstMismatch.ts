import { type RandomWorld, randomWorld } from '../randomWorld.js';
import { type FastEngine, findMismatch } from '../worldEquality.js';

/** How a fault showed itself. */
export interface Catch {
  /** Worlds tried, the last included. */
  readonly worlds: number;
  readonly mismatch: string;
}

/** Worlds with their reference results, kept for the next fault. */
const knownWorlds = new Map<number, RandomWorld>();

/** Runs an engine on worlds from a seed upwards until one does not agree with the reference. */
export function firstMismatch(
  runFast: FastEngine,
  firstWorld: number,
  maxWorlds: number,
): Catch | undefined {
  for (let worlds = 1; worlds <= maxWorlds; worlds++) {
    const mismatch = findMismatch(worldOf(firstWorld + worlds - 1), runFast);
    if (mismatch !== undefined) return { worlds, mismatch };
  }
  return undefined;
}

function worldOf(seed: number): RandomWorld {
  const known = knownWorlds.get(seed);
  if (known !== undefined) return known;
  const random = randomWorld(seed);
  knownWorlds.set(seed, random);
  return random;
}
