import type { PoolRun } from '../facts/poolRun.js';
import type { OnServed } from '../fleet/serverQueue.js';
import { StationPool } from '../fleet/stationPool.js';
import { TimelineRecorder } from '../fleet/timelineRecorder.js';
import type { EventCalendar } from '../kernel/calendar.js';
import { grown } from '../kernel/grown.js';
import { lawTransform, type Transform } from '../laws/lawTransform.js';
import type { GatewaySpec } from './scenario.js';
import { timelineBins } from './timelineBins.js';

/** The gateway in front of the router: servers with one queue, then a delay that holds nothing. */
export class GatewayStage {
  private readonly spec: GatewaySpec;
  private readonly calendar: EventCalendar;
  private readonly station: StationPool;
  private readonly serviceLaw: Transform;
  private readonly overheadLaw: Transform;
  private readonly handleForwarded: (timeMs: number, row: number) => void;
  /** Delay after service of the requests inside, by row. */
  private pendingOverheadMs = new Float64Array(1024);

  constructor(
    spec: GatewaySpec,
    horizonMs: number,
    calendar: EventCalendar,
    onForwarded: OnServed,
  ) {
    this.spec = spec;
    this.calendar = calendar;
    this.serviceLaw = lawTransform(spec.serviceMs);
    this.overheadLaw = lawTransform(spec.overheadMs);
    this.handleForwarded = (timeMs, row) => onForwarded(row, timeMs);
    const { binMs, binCount } = timelineBins(horizonMs);
    this.station = new StationPool(calendar, new TimelineRecorder(binMs, binCount), {
      name: spec.name,
      kind: 'gateway',
      servers: spec.servers,
      maxWaiting: spec.maxWaiting,
      onStart: () => {},
      onDone: (row, timeMs) => this.forward(row, timeMs),
    });
  }

  /** Server time of a request, for this uniform draw. */
  serviceMs(promptTokens: number, draw: number): number {
    return this.serviceLaw(draw) + (promptTokens / 1000) * this.spec.perThousandTokensMs;
  }

  overheadMs(draw: number): number {
    return this.overheadLaw(draw);
  }

  /** A request arrives; false when it is turned away. */
  tryEnter(row: number, serviceMs: number, overheadMs: number, timeMs: number): boolean {
    if (row >= this.pendingOverheadMs.length) {
      let capacity = this.pendingOverheadMs.length;
      while (capacity <= row) capacity *= 2;
      this.pendingOverheadMs = grown(this.pendingOverheadMs, capacity);
    }
    this.pendingOverheadMs[row] = overheadMs;
    return this.station.queue.tryEnter(row, serviceMs, timeMs);
  }

  finish(timeMs: number): PoolRun {
    return this.station.finish(timeMs);
  }

  private forward(row: number, timeMs: number): void {
    const overheadMs = this.pendingOverheadMs[row]!;
    if (overheadMs === 0) this.handleForwarded(timeMs, row);
    else this.calendar.scheduleArrival(timeMs + overheadMs, this.handleForwarded, row);
  }
}
