import { StationPool } from '../fleet/stationPool.js';
import { TimelineRecorder } from '../fleet/timelineRecorder.js';
import { lawMean } from '../laws/lawMean.js';
import { lawTransform, type Transform } from '../laws/lawTransform.js';
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
  const { calendar, grid, recorder, onStationEnd, onStationLeft } = world;
  const serviceMs = lawTransform(spec.serviceMs);
  const setUpMs = spec.setUpMs && lawTransform(spec.setUpMs);
  const patienceMs = spec.patienceMs && lawTransform(spec.patienceMs);
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
    onAbandoned: onStationLeft,
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
      const ordinal = recorder.ordinal[row]!;
      const drawnMs = (law: Transform, purpose: number) =>
        grid.round(law(key.uniform(purpose, ordinal)));
      return pool.queue.tryEnter(
        row,
        drawnMs(serviceMs, DrawPurpose.stationService),
        timeMs,
        setUpMs && drawnMs(setUpMs, DrawPurpose.stationSetUp),
        patienceMs && drawnMs(patienceMs, DrawPurpose.stationPatience),
      );
    },
    windowTokens: 0,
    // A server that has begun, be it at this very time, finishes; the answer is dropped.
    cancel: (row, timeMs) => {
      if (pool.queue.cancel(row, timeMs)) onStationLeft(row, timeMs);
    },
    preload: () => {},
    finish: (timeMs) => pool.finish(timeMs),
  };
}
