import { fsum } from 'd3-array';
import type { HandOverTable } from '../facts/handOverTable.js';
import type { RequestTable } from '../facts/requestTable.js';
import type { RunResult } from '../run/runResult.js';
import { doubtOpen } from './doubtOpen.js';
import { type Estimate, estimateMean } from './estimate.js';
import { estimateDistribution } from './estimateDistribution.js';
import type { MeasuredWindow } from './measuredWindow.js';
import type { MetricId } from './metricDefinitions.js';
import type { RequestLimit } from './requestLimits.js';
import { requestMeasures } from './requestMeasures.js';
import { requestMetrics } from './requestMetrics.js';
import { type RequestRates, requestRates } from './requestRates.js';
import { distributionOf, type RequestSlice, requestSlice } from './requestSlice.js';
import type { MetricValue } from './summary.js';

/** One replication and the part of it that is measured. */
export interface MeasuredRun {
  readonly run: RunResult;
  readonly window: MeasuredWindow;
}

/**
 * The metrics of requests over replications, of one population or (`population` undefined) of all.
 * `extraQuantiles` are given for every latency beside those that its definition shows.
 */
export function summariseRequests(
  runs: readonly MeasuredRun[],
  population: string | undefined,
  limits: readonly RequestLimit[],
  extraQuantiles: readonly number[],
): MetricValue[] {
  const slices = runs.map(({ run, window }) => {
    const index = population === undefined ? undefined : run.populationNames.indexOf(population);
    return requestSlice(run, window, index);
  });
  const hasTiers = runs.every(({ run }) => run.requests.kvLoadMs !== undefined);
  const rates = slices.map((slice) => requestRates(slice, limits));
  return requestMetrics.flatMap(({ id, quantiles }): MetricValue[] => {
    const value = (quantile: number | undefined, estimate: Estimate): MetricValue => ({
      metric: id,
      subject: population,
      quantile,
      ...estimate,
    });
    if (id === 'retryTime') {
      const isTold = runs.some(({ run }) => run.requests.retryMs !== undefined);
      return isTold ? [value(undefined, meanTime(slices, 'retryMs'))] : [];
    }
    if (isRate(id)) return [value(undefined, estimateRate(id, rates))];
    if (id === 'kvLoad') return hasTiers ? [value(undefined, meanTime(slices, 'kvLoadMs'))] : [];
    if (isHandOverTime(id)) {
      // Only where pools hand requests over.
      if (runs.every(({ run }) => run.handOvers === undefined)) return [];
      const isAgain = (pools: RunResult['pools']) => pools.some(({ rePrefills }) => rePrefills);
      if (id === 'rePrefill' && !runs.some(({ run }) => isAgain(run.pools))) return [];
      return [value(undefined, meanHandOverTime(slices, handOverTimes[id]))];
    }
    if (isQueueReason(id)) return [value(undefined, meanTime(slices, queueColumns[id]))];
    const byReplication = slices.map((slice) => distributionOf([slice], id));
    const pool = () => distributionOf(slices, id);
    const all = [...quantiles, ...extraQuantiles];
    const found = estimateDistribution(byReplication, pool, all);
    const checked = id === 'e2e' ? doubtOpen(slices, found) : found;
    return checked.map(([quantile, estimate]) => value(quantile, estimate));
  });
}

/** Per request with a row, those without such a time included. */
function meanTime(slices: readonly RequestSlice[], column: TimeColumn): Estimate {
  const means = slices.map(({ run, rows }) => {
    const total = fsum(rows.map((row) => run.requests[column]?.[row] ?? 0));
    return rows.length === 0 ? Number.NaN : total / rows.length;
  });
  const samples = slices.reduce((total, { rows }) => total + rows.length, 0);
  return estimateMean(means, samples);
}

/** Of the requests with a row that were handed over. */
function meanHandOverTime(
  slices: readonly RequestSlice[],
  time: (table: HandOverTable, row: number) => number,
): Estimate {
  const times = slices.map(({ run, rows }) =>
    rows.map((row) => time(run.handOvers!, row)).filter((each) => !Number.isNaN(each)),
  );
  const means = times.map((each) => (each.length === 0 ? Number.NaN : fsum(each) / each.length));
  return estimateMean(
    means,
    times.reduce((total, each) => total + each.length, 0),
  );
}

const handOverTimes = {
  rePrefill: (table: HandOverTable, row: number) => table.recomputeMs[row]!,
  kvTransfer: (table: HandOverTable, row: number) => table.kvTransferMs[row]!,
  decodeQueue: (table: HandOverTable, row: number) =>
    table.decodeHeadOfLineMs[row]! +
    table.decodeSlotsMs[row]! +
    table.decodeKvBlocksMs[row]! +
    table.decodeTokenBudgetMs[row]! +
    table.decodeIterationMs[row]!,
} as const satisfies Partial<Record<MetricId, unknown>>;

function isHandOverTime(id: string): id is keyof typeof handOverTimes {
  return id in handOverTimes;
}

function estimateRate(id: RateId, rates: readonly RequestRates[]): Estimate {
  const counted = id === 'rejectedShare' || id === 'abandonedShare' ? 'sent' : 'completed';
  const samples = rates.reduce((total, each) => total + each[counted], 0);
  return estimateMean(
    rates.map((each) => each[id]),
    samples,
  );
}

type RateId = Extract<MetricId, keyof RequestRates>;

type TimeColumn = Extract<keyof RequestTable, `${string}Ms`>;

const queueColumns = {
  queueHeadOfLine: 'headOfLineMs',
  queueSlots: 'slotsMs',
  queueKvBlocks: 'kvBlocksMs',
  queueTokenBudget: 'tokenBudgetMs',
  queueIteration: 'iterationMs',
} as const satisfies Partial<Record<MetricId, TimeColumn>>;

function isQueueReason(id: string): id is keyof typeof queueColumns {
  return id in queueColumns;
}

function isRate(id: string): id is RateId {
  return id !== 'kvLoad' && !isQueueReason(id) && !isHandOverTime(id) && !(id in requestMeasures);
}
