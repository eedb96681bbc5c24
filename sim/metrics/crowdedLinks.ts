import { tInterval } from '../statistics/tInterval.js';
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
    const shares = runs.map(({ run }) => {
      const { units, kvLinks: use } = run.pools[index]!;
      return Math.max(use!.outBusyMs, use!.inBusyMs) / (units * use!.overMs);
    });
    const share = tInterval(shares).mean;
    return share > 1 ? [{ name, share }] : [];
  });
}
