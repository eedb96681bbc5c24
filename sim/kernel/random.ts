import alea from 'seedrandom/lib/alea.js';
import { invariant } from './invariant.js';

/** A source of uniform numbers in [0, 1). */
export type Uniform = () => number;

/**
 * Gives each purpose a stream of its own, so that one more draw for tool times does not shift every
 * later arrival, and two mixes that run with the same seed face the same requests. The seed names the
 * replication too. A purpose is taken once: two owners of one stream would take each other's draws.
 */
export function randomStreams(seed: string): (purpose: string) => Uniform {
  const taken = new Set<string>();
  return (purpose) => {
    invariant(!taken.has(purpose), `random stream "${purpose}" was taken before`);
    taken.add(purpose);
    const generator = alea(`${seed}/${purpose}`);
    return () => generator.double();
  };
}
