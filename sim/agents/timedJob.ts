import type { SlotHolder, SlotQueue } from '../fleet/slotQueue.js';
import type { EventCalendar, EventHandler, EventId } from '../kernel/calendar.js';
import type { ResourceJob, RunningJob } from './agentResource.js';

/** A job that waits for a slot, holds it for a fixed time and gives it back. */
export class TimedJob implements SlotHolder, RunningJob {
  private readonly queue: SlotQueue;
  private readonly calendar: EventCalendar;
  private readonly job: ResourceJob;
  private readonly serviceMs: number;
  private readonly handleDone: EventHandler = (timeMs) => this.finish(timeMs);
  private event: EventId = -1;
  private state: 'waiting' | 'served' | 'over' = 'waiting';

  constructor(queue: SlotQueue, calendar: EventCalendar, job: ResourceJob, serviceMs: number) {
    this.queue = queue;
    this.calendar = calendar;
    this.job = job;
    this.serviceMs = serviceMs;
  }

  start(timeMs: number, patienceMs: number): void {
    if (!this.queue.tryRequest(this, timeMs, patienceMs)) this.onImpatient(timeMs);
  }

  onImpatient(timeMs: number): void {
    this.state = 'over';
    this.job.onRejected(timeMs);
  }

  onSlot(timeMs: number): void {
    this.state = 'served';
    this.event = this.calendar.scheduleArrival(timeMs + this.serviceMs, this.handleDone, 0);
  }

  release(timeMs: number): void {
    if (this.state === 'waiting') this.queue.leave(this, timeMs);
    else if (this.state === 'served') {
      this.calendar.cancel(this.event);
      this.queue.release(timeMs, false);
    }
    this.state = 'over';
  }

  private finish(timeMs: number): void {
    this.state = 'over';
    this.queue.release(timeMs);
    this.job.onDone(timeMs);
  }
}
