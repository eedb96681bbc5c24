import type { PoolRun } from '../../sim/facts/poolRun.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { LogHistogram, type LogHistogramData } from '../../sim/statistics/logHistogram.js';

/** The form in which the result of a run goes from one thread to another: histograms as plain data. */
export type PortableRun = Plain<RunResult>;

type Plain<T> = T extends LogHistogram
  ? LogHistogramData
  : T extends ArrayBufferView | string | number | boolean | undefined
    ? T
    : { [Key in keyof T]: Plain<T[Key]> };

/** Histograms have private fields, which a thread cannot send. */
export function toPortable(run: RunResult): PortableRun {
  return {
    ...run,
    overflow: run.overflow.map((part) => ({
      ...part,
      ttftMs: part.ttftMs.toJSON(),
      clientTtftMs: part.clientTtftMs.toJSON(),
      tpotMs: part.tpotMs.toJSON(),
      e2eMs: part.e2eMs.toJSON(),
      queueMs: part.queueMs.toJSON(),
    })),
    pools: run.pools.map(portablePool),
    gateway: run.gateway && portablePool(run.gateway),
  };
}

/** The run as it was before `toPortable`. */
export function fromPortable(run: PortableRun): RunResult {
  return {
    ...run,
    overflow: run.overflow.map((part) => ({
      ...part,
      ttftMs: LogHistogram.fromData(part.ttftMs),
      clientTtftMs: LogHistogram.fromData(part.clientTtftMs),
      tpotMs: LogHistogram.fromData(part.tpotMs),
      e2eMs: LogHistogram.fromData(part.e2eMs),
      queueMs: LogHistogram.fromData(part.queueMs),
    })),
    pools: run.pools.map(livePool),
    gateway: run.gateway && livePool(run.gateway),
  };
}

/** The memory of the run that may move to the other thread instead of being copied. */
export function buffersOf(run: PortableRun): ArrayBuffer[] {
  const pools = run.gateway ? [...run.pools, run.gateway] : run.pools;
  const columns = [run.requests, ...pools.map((pool) => pool.timeline)].flatMap(Object.values);
  const buffers = columns.filter(ArrayBuffer.isView).map((column) => column.buffer);
  // Two columns may be views of one buffer, and shared memory cannot move.
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}

function portablePool(pool: PoolRun): Plain<PoolRun> {
  return { ...pool, itlMs: pool.itlMs.toJSON() };
}

function livePool(pool: Plain<PoolRun>): PoolRun {
  return { ...pool, itlMs: LogHistogram.fromData(pool.itlMs) };
}
