import type { RunResult } from '../../sim/run/runResult.js';
import { simulate } from '../../sim/run/simulate.js';
import { tInterval } from '../../sim/statistics/tInterval.js';
import { scenarioOf } from '../validation/scenarioOf.js';

/** One number of a run. */
export type Measure = (run: RunResult) => number;

const replications = 10;

/** Replications of the experiment with this text; those of two texts with the same number share their draws. */
export function runsOf(text: string): RunResult[] {
  const scenario = scenarioOf(text);
  return Array.from({ length: replications }, (_, replication) =>
    simulate(scenario, { seed: 'signs', replication }),
  );
}

/** 95% interval of b − a over paired replications. */
export function change(
  a: readonly RunResult[],
  b: readonly RunResult[],
  measure: Measure,
): { readonly low: number; readonly mean: number; readonly high: number } {
  const { mean, halfWidth } = tInterval(a.map((run, index) => measure(b[index]!) - measure(run)));
  return { low: mean - halfWidth, mean, high: mean + halfWidth };
}

/** Average of a column of the turns that yielded. */
export function meanOfTurns(column: 'waitMs' | 'noticeMs'): Measure {
  return ({ agents }) => {
    const { turns } = agents!;
    return meanOf(yielded(turns.end, turns[column]));
  };
}

/** Share of the turns that left the human in flow. */
export const flowFraction: Measure = ({ agents }) => {
  const { turns } = agents!;
  return meanOf(yielded(turns.end, turns.waitMs).map((ms) => (ms <= 10_000 ? 1 : 0)));
};

/** Share of the turns in which the human left while waiting. */
export const attentionLoss: Measure = ({ agents }) => {
  const { turns } = agents!;
  return meanOf(yielded(turns.end, turns.noticeMs).map((ms) => (ms > 0 ? 1 : 0)));
};

/** Sequences in the batches of a pool, averaged over the run. */
export function running(pool: string): Measure {
  return ({ pools }) => meanOf([...pools.find(({ name }) => name === pool)!.timeline.running]);
}

/** Share of time in which the replicas of a pool are at work. */
export function utilisation(pool: string): Measure {
  return ({ pools }) => {
    const { timeline, units } = pools.find(({ name }) => name === pool)!;
    return meanOf([...timeline.busyUnits]) / units;
  };
}

/** From the client's sending to the first token that it sees, in ms. */
export const clientTtftMs: Measure = ({ requests }) =>
  meanOf(
    [...requests.clientFirstTokenMs]
      .map((ms, row) => ms - requests.sentMs[row]!)
      .filter((ms) => !Number.isNaN(ms)),
  );

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function yielded(end: Int32Array, column: Float64Array): number[] {
  return [...column].filter((ms, row) => end[row] !== 0 && !Number.isNaN(ms));
}
