import { Outcome } from '../facts/requestTable.js';
import type { OverflowMeasures, RunResult } from '../run/runResult.js';
import { LogHistogram } from '../statistics/logHistogram.js';
import { type Distribution, exactDistribution, histogramDistribution } from './distribution.js';
import type { MeasuredWindow } from './measuredWindow.js';
import { type RequestMeasure, requestMeasures } from './requestMeasures.js';

/** The requests of one run that a row of the answer is about: those of a population, or all. */
export interface RequestSlice {
  readonly run: RunResult;
  readonly window: MeasuredWindow;
  /** Rows of completed requests that reached the router in the window. */
  readonly rows: readonly number[];
  /** Requests beyond the rows, as histograms. They are the last to arrive: after the warm-up, or a doubt says so. */
  readonly overflow: readonly OverflowMeasures[];
  /** Whether a row of the table belongs to the population, whatever its outcome. */
  includes(row: number): boolean;
}

/** The requests of a population (an index; undefined: all) that one run measured. */
export function requestSlice(
  run: RunResult,
  window: MeasuredWindow,
  population: number | undefined,
): RequestSlice {
  const { requests } = run;
  const includes = (row: number) =>
    population === undefined || requests.population[row] === population;
  const rows: number[] = [];
  for (let row = 0; row < requests.count; row++) {
    if (requests.outcome[row] !== Outcome.completed || !includes(row)) continue;
    const arrivalMs = requests.arrivalMs[row]!;
    if (arrivalMs >= window.fromMs && arrivalMs <= window.toMs) rows.push(row);
  }
  const overflow = run.overflow.filter(
    (part) => population === undefined || part.population === population,
  );
  return { run, window, rows, overflow, includes };
}

/** The values of a measure over one or more slices: exact, or from histograms where a row is missing. */
export function distributionOf(
  slices: readonly RequestSlice[],
  measure: RequestMeasure,
): Distribution {
  const values = valuesOf(slices, measure);
  const overflow = slices.flatMap((slice) => slice.overflow);
  if (overflow.length === 0) return exactDistribution(values);
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value);
  for (const part of overflow) histogram.merge(part[overflowHistogram[measure]]);
  return histogramDistribution(histogram);
}

function valuesOf(slices: readonly RequestSlice[], measure: RequestMeasure): Float64Array {
  const value = requestMeasures[measure];
  const values = new Float64Array(slices.reduce((total, { rows }) => total + rows.length, 0));
  let count = 0;
  for (const { run, rows } of slices) {
    for (const row of rows) {
      const each = value(run.requests, row);
      if (!Number.isNaN(each)) values[count++] = each;
    }
  }
  return values.subarray(0, count);
}

const overflowHistogram = {
  ttft: 'ttftMs',
  clientTtft: 'clientTtftMs',
  tpot: 'tpotMs',
  e2e: 'e2eMs',
  queueTime: 'queueMs',
} as const satisfies Readonly<Record<RequestMeasure, keyof OverflowMeasures>>;
