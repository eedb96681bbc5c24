import { tInterval } from '../statistics/tInterval.js';
import { kvLinkBusy } from './kvLinkBusy.js';
import type { MeasuredRun } from './summariseRequests.js';

/** A pool whose links would have had to carry more than they can. */
export interface CrowdedLink {
  readonly name: string;
  /** Time that its KV needs on the links, over the time of the run; above 1. */
  readonly share: number;
}

/** What moves layer by layer while prompts are computed slows no other transfer, so more may seem to move than can. */
export function crowdedLinks(runs: readonly MeasuredRun[]): CrowdedLink[] {
  const first = runs[0]!.run.pools;
  return first.flatMap(({ name, kvLinks }, index) => {
    if (kvLinks === undefined) return [];
    const ofRuns = runs.map(({ run }) => run.pools[index]!);
    const share = tInterval(ofRuns.map((pool) => kvLinkBusy(pool.kvLinks!, pool.units))).mean;
    return share > 1 ? [{ name, share }] : [];
  });
}
