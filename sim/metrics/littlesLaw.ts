import { fsum } from 'd3-array';
import { Outcome } from '../facts/requestTable.js';
import type { RunResult } from '../run/runResult.js';

/** Both sides of Little's law for one pool, in request-ms. They agree on every run, whatever it does. */
export interface LittlesLaw {
  readonly pool: string;
  /** Integral over time of the requests in the pool, waiting or running. */
  readonly integralMs: number;
  /** Sum over requests of the time that they spent in the pool before the run ended. */
  readonly timeInPoolMs: number;
  /** |difference| / larger side; 0 when nothing happened. */
  readonly relativeError: number;
}

/**
 * Little's law as an identity of one run: what the timeline of a pool counted, against what the rows of
 * its requests say. Undefined when some requests have no row.
 */
export function littlesLaw(run: RunResult): LittlesLaw[] | undefined {
  const { requests } = run;
  if (requests.count < run.arrived) return undefined;
  return run.pools.map((pool, index) => {
    const { timeline } = pool;
    const { binMs, binCount, waiting, running } = timeline;
    const inside = waiting.map((level, bin) => level + running[bin]!);
    // The last bin ends with the run, so it is shorter.
    inside[binCount - 1]! *= (run.endMs - (binCount - 1) * binMs) / binMs;
    const integralMs = binMs * fsum(inside);
    const times: number[] = [];
    for (let row = 0; row < requests.count; row++) {
      if (requests.pool[row] !== index) continue;
      const outcome = requests.outcome[row];
      // Who is turned away spends no time inside.
      if (
        outcome === Outcome.completed ||
        outcome === Outcome.cancelled ||
        outcome === Outcome.abandoned
      ) {
        times.push(requests.finishMs[row]! - requests.arrivalMs[row]!);
      } else if (outcome === Outcome.open) times.push(run.endMs - requests.arrivalMs[row]!);
    }
    const timeInPoolMs = fsum(times);
    const larger = Math.max(integralMs, timeInPoolMs);
    return {
      pool: pool.name,
      integralMs,
      timeInPoolMs,
      relativeError: larger === 0 ? 0 : Math.abs(integralMs - timeInPoolMs) / larger,
    };
  });
}
