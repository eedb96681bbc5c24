import { StationPool } from '../fleet/stationPool.js';
import { TimelineRecorder } from '../fleet/timelineRecorder.js';
import { lawMean } from '../laws/lawMean.js';
import { lawTransform } from '../laws/lawTransform.js';
import { DrawPurpose } from './drawPurpose.js';
import type { FleetPool, FleetWorld } from './fleetPool.js';
import type { StationPoolSpec } from './scenario.js';
import { timelineBins } from './timelineBins.js';

/** Builds a plain queueing station for a run. A request's first token is its end: nothing is streamed. */
export function stationPoolOf(
  spec: StationPoolSpec,
  { horizonMs, isEstimated }: { readonly horizonMs: number; readonly isEstimated: boolean },
  world: FleetWorld,
): FleetPool {
  const { calendar, grid, recorder, onStationEnd } = world;
  const serviceMs = lawTransform(spec.serviceMs);
  const meanServiceMs = isEstimated ? lawMean(spec.serviceMs) : 0;
  const { binMs, binCount } = timelineBins(horizonMs);
  const pool = new StationPool(calendar, new TimelineRecorder(binMs, binCount), {
    name: spec.name,
    kind: 'station',
    servers: spec.servers,
    maxWaiting: spec.maxWaiting,
    onStart: (row, timeMs) => {
      recorder.scheduledMs[row] = timeMs;
      recorder.slotsMs[row] = timeMs - recorder.arrivalMs[row]!;
    },
    onDone: (row, timeMs) => {
      recorder.firstTokenMs[row] = timeMs;
      onStationEnd(row, timeMs);
    },
  });
  return {
    name: spec.name,
    serves: spec.serves,
    units: 1,
    canHold: () => true,
    hasRoom: () => pool.queue.hasRoom,
    waiting: () => pool.queue.waiting,
    queueTimeMs: (timeMs) => pool.queue.queueTimeMs(timeMs),
    estimate: (_stream, _promptTokens, _outputTokens, timeMs) => {
      const { queue } = pool;
      const line = ((queue.waiting + 1) * meanServiceMs) / spec.servers;
      const drainMs = queue.hasFreeServer ? 0 : line;
      return {
        queueMs: Math.max(drainMs, queue.queueTimeMs(timeMs)),
        prefillMs: 0,
        decodeMs: meanServiceMs,
        usd: ((spec.usdPerServerHour ?? Number.POSITIVE_INFINITY) / 3_600_000) * meanServiceMs,
      };
    },
    // Stations have no limit on prompts.
    isWaiting: () => false,
    accept: (row, key, timeMs) => {
      const draw = key.uniform(DrawPurpose.stationService, recorder.ordinal[row]!);
      return pool.queue.tryEnter(row, grid.round(serviceMs(draw)), timeMs);
    },
    windowTokens: 0,
    // A server that has begun finishes; the answer is dropped.
    cancel: () => {},
    preload: () => {},
    finish: (timeMs) => pool.finish(timeMs),
  };
}
