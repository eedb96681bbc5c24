/**
 * The queueing oracles with millions of arrivals, on a seed of today or the one that is given:
 * `npx tsx test/validation/longOracles.ts [seed]`. Takes about three minutes; exits with 1 when one is missed.
 */
import { judge, verdictLine } from './oracle.js';
import { longQueueOracles } from './queueOracles.js';

const seed = process.argv[2] ?? new Date().toISOString().slice(0, 10);
console.log(`seed ${seed}`);
let missed = 0;
for (const oracle of longQueueOracles) {
  console.log(oracle.title);
  for (const verdict of judge(oracle, { seed, replications: 30 })) {
    if (!verdict.isMet) missed++;
    console.log(`  ${verdictLine(verdict)}`);
  }
}
process.exitCode = missed === 0 ? 0 : 1;
