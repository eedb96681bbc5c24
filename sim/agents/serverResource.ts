import type { SlotQueue } from '../fleet/slotQueue.js';
import type { EventCalendar } from '../kernel/calendar.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { Transform } from '../laws/lawTransform.js';
import type { AgentResource, ResourceJob, RunningJob } from './agentResource.js';
import { TimedJob } from './timedJob.js';

/** Tool servers, or the connections of a store: a job holds one for its own duration; a model server for a time by units of input. */
export class ServerResource implements AgentResource {
  readonly queue: SlotQueue;
  readonly patienceMs: Transform | undefined;
  private readonly calendar: EventCalendar;
  private readonly grid: TimeGrid;
  private readonly fixedMs: number;
  private readonly msPerUnit: number;

  /** A job of `amount` takes fixedMs + amount · msPerUnit. */
  constructor(
    queue: SlotQueue,
    calendar: EventCalendar,
    grid: TimeGrid,
    options: {
      readonly fixedMs: number;
      readonly msPerUnit: number;
      readonly patienceMs?: Transform;
    },
  ) {
    this.queue = queue;
    this.patienceMs = options.patienceMs;
    this.calendar = calendar;
    this.grid = grid;
    this.fixedMs = options.fixedMs;
    this.msPerUnit = options.msPerUnit;
  }

  run(
    job: ResourceJob,
    amount: number,
    _draw: number,
    timeMs: number,
    patienceMs = Number.POSITIVE_INFINITY,
  ): RunningJob {
    const serviceMs = this.grid.round(this.fixedMs + amount * this.msPerUnit);
    const timed = new TimedJob(this.queue, this.calendar, job, serviceMs);
    timed.start(timeMs, patienceMs);
    return timed;
  }
}
