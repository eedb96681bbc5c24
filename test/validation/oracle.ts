import { Outcome, type RequestTable } from '../../sim/facts/requestTable.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { simulate } from '../../sim/run/simulate.js';
import { quantileSorted } from '../../sim/statistics/quantileSorted.js';
import { tInterval } from '../../sim/statistics/tInterval.js';
import { tQuantile } from '../../sim/statistics/tQuantile.js';
import { scenarioOf } from './scenarioOf.js';

/** A queueing model whose answer is known: the experiment that simulates it, and what must come out. */
export interface Oracle {
  readonly title: string;
  /** Entry of the table of exact values that the figures come from; undefined for textbook facts that it lacks. */
  readonly key: string | undefined;
  /** Populations and fleet of the experiment, in YAML. */
  readonly text: string;
  /** Arrivals per replication, about. */
  readonly arrivals: number;
  readonly arrivalsPerSec: number;
  readonly expected: readonly Expected[];
}

export interface Expected {
  readonly measure: Measure;
  /** Its name in the table of exact values. */
  readonly field: string | undefined;
  readonly exact: number;
  /** Relative half-width of a 95% interval that 3.2 million arrivals give; twice as much is allowed. */
  readonly tolerance: number;
}

/** One number of a run, over the requests that arrived (or the time that passed) after the warm-up. In seconds. */
export type Measure =
  | 'meanWait'
  | 'meanSojourn'
  | 'meanClientTime'
  | 'noWaitShare'
  | 'waitShare'
  | 'rejectedShare'
  | 'abandonedShare'
  | 'meanInside'
  | 'meanWaiting'
  | 'gatewayInside'
  | 'sojournP50'
  | 'sojournP95'
  | 'sojournP99'
  | 'waitP99';

export interface Verdict {
  readonly measure: Measure;
  readonly exact: number;
  readonly mean: number;
  /** Distance from the exact value in standard errors of the mean. */
  readonly standardErrors: number;
  /** 95% half-width relative to the exact value, and how much is allowed. */
  readonly halfWidth: number;
  readonly allowedHalfWidth: number;
  readonly isMet: boolean;
}

/** Share of the horizon that is left out at the start. */
const warmupShare = 0.05;

/**
 * Simulates the oracle's experiment and compares. Met: within 5 standard errors of the exact value (a false
 * alarm about once in 40,000), and known well enough for that to mean something.
 */
export function judge(
  oracle: Oracle,
  { seed, replications }: { readonly seed: string; readonly replications: number },
): Verdict[] {
  const horizonSec = oracle.arrivals / oracle.arrivalsPerSec;
  const scenario = scenarioOf(
    `inflow: 1\nname: oracle\nhorizon: ${horizonSec}s\ndrain: true\nwarmup: 0s\n${oracle.text}`,
  );
  const fromMs = warmupShare * scenario.horizonMs;
  const samples = oracle.expected.map((): number[] => []);
  for (let replication = 0; replication < replications; replication++) {
    const run = simulate(scenario, { seed, replication });
    for (const [index, { measure }] of oracle.expected.entries()) {
      samples[index]!.push(measures[measure](run, fromMs, scenario.horizonMs));
    }
  }
  return oracle.expected.map(({ measure, exact, tolerance }, index) => {
    const interval = tInterval(samples[index]!);
    const standardError = interval.halfWidth / tQuantile(0.975, replications - 1);
    const standardErrors = Math.abs(interval.mean - exact) / standardError;
    const halfWidth = interval.halfWidth / exact;
    const allowedHalfWidth = 2 * tolerance;
    const isMet = standardErrors <= 5 && halfWidth < allowedHalfWidth;
    return {
      measure,
      exact,
      mean: interval.mean,
      standardErrors,
      halfWidth,
      allowedHalfWidth,
      isMet,
    };
  });
}

/** A line for people: `meanWait 4.012 (exact 4) 0.3 se, ±1.6% of at most ±2.2%`. */
export function verdictLine(verdict: Verdict): string {
  const { measure, exact, mean, standardErrors, halfWidth, allowedHalfWidth, isMet } = verdict;
  const percent = (share: number) => `±${(100 * share).toFixed(2)}%`;
  return (
    `${isMet ? 'met   ' : 'MISSED'} ${measure} ${mean.toPrecision(6)} (exact ${exact.toPrecision(6)}) ` +
    `${standardErrors.toFixed(1)} se, ${percent(halfWidth)} of at most ${percent(allowedHalfWidth)}`
  );
}

type MeasureOf = (run: RunResult, fromMs: number, horizonMs: number) => number;

const wait = ({ requests }: RunResult, row: number) =>
  requests.scheduledMs[row]! - requests.arrivalMs[row]!;
const sojourn = ({ requests }: RunResult, row: number) =>
  requests.finishMs[row]! - requests.arrivalMs[row]!;

const measures: Readonly<Record<Measure, MeasureOf>> = {
  meanWait: (run, fromMs) => mean(completed(run, fromMs, wait)),
  meanSojourn: (run, fromMs) => mean(completed(run, fromMs, sojourn)),
  meanClientTime: (run, fromMs) =>
    mean(
      completed(
        run,
        fromMs,
        ({ requests }, row) => requests.finishMs[row]! - requests.sentMs[row]!,
      ),
    ),
  noWaitShare: (run, fromMs) => {
    const waits = completed(run, fromMs, wait);
    return waits.reduce((count, ms) => count + (ms === 0 ? 1 : 0), 0) / waits.length;
  },
  waitShare: (run, fromMs) =>
    shareOf(
      run,
      fromMs,
      ({ outcome }, row) => outcome[row] === Outcome.abandoned || wait(run, row) > 0,
    ),
  rejectedShare: (run, fromMs) =>
    shareOf(run, fromMs, ({ outcome }, row) => outcome[row] === Outcome.rejected),
  abandonedShare: (run, fromMs) =>
    shareOf(run, fromMs, ({ outcome }, row) => outcome[row] === Outcome.abandoned),
  meanInside: ({ pools }, fromMs, horizonMs) =>
    levelBetween(pools[0]!, 'waiting', fromMs, horizonMs) +
    levelBetween(pools[0]!, 'running', fromMs, horizonMs),
  meanWaiting: ({ pools }, fromMs, horizonMs) =>
    levelBetween(pools[0]!, 'waiting', fromMs, horizonMs),
  gatewayInside: ({ gateway }, fromMs, horizonMs) =>
    levelBetween(gateway!, 'running', fromMs, horizonMs),
  sojournP50: (run, fromMs) => quantile(completed(run, fromMs, sojourn), 0.5),
  sojournP95: (run, fromMs) => quantile(completed(run, fromMs, sojourn), 0.95),
  sojournP99: (run, fromMs) => quantile(completed(run, fromMs, sojourn), 0.99),
  waitP99: (run, fromMs) => quantile(completed(run, fromMs, wait), 0.99),
};

/** Of the requests that were sent from `fromMs` on. */
function shareOf(
  { requests }: RunResult,
  fromMs: number,
  holds: (requests: RequestTable, row: number) => boolean,
): number {
  let sent = 0;
  let held = 0;
  for (let row = 0; row < requests.count; row++) {
    if (requests.sentMs[row]! < fromMs) continue;
    sent++;
    if (holds(requests, row)) held++;
  }
  return held / sent;
}

/** A time of each completed request that arrived from `fromMs` on, in seconds. */
function completed(
  run: RunResult,
  fromMs: number,
  timeMs: (run: RunResult, row: number) => number,
): Float64Array {
  const { requests } = run;
  const values = new Float64Array(requests.count);
  let count = 0;
  for (let row = 0; row < requests.count; row++) {
    if (requests.outcome[row] !== Outcome.completed || requests.arrivalMs[row]! < fromMs) continue;
    values[count++] = timeMs(run, row) / 1000;
  }
  return values.subarray(0, count);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(values: Float64Array, q: number): number {
  return quantileSorted(values.sort(), q);
}

/** Time average of a level over whole bins; the warm-up and the horizon end on the edge of one. */
function levelBetween(
  { timeline }: RunResult['pools'][number],
  level: 'waiting' | 'running',
  fromMs: number,
  toMs: number,
): number {
  const bins = timeline[level].subarray(
    Math.round(fromMs / timeline.binMs),
    Math.round(toMs / timeline.binMs),
  );
  return mean(bins);
}
