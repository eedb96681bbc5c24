import type { SlotHolder, SlotQueue } from '../fleet/slotQueue.js';
import type { EventCalendar, EventId } from '../kernel/calendar.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { Transform } from '../laws/lawTransform.js';
import type { AgentResource, ResourceJob, RunningJob } from './agentResource.js';

export interface SandboxHostOptions {
  /** Time to bring one up from its image or snapshot, by a uniform draw. */
  readonly createMs: Transform;
  /** Time to hand over one that is up already. */
  readonly warmStartMs: number;
  /** Sandboxes kept up in advance; each holds a slot. */
  readonly warmTarget: number;
  /** Least time between two creations; 0: no limit. */
  readonly createIntervalMs: number;
  readonly patienceMs?: Transform;
}

/**
 * Hosts of sandboxes. A sandbox takes a slot until it is released. One that is warm is handed over at
 * once; else it is created, no faster than the create rate allows. What is taken from the warm ones is
 * refilled while slots are free and nobody waits; who comes to wait in the meantime gets the refill.
 */
export class SandboxHost implements AgentResource {
  readonly queue: SlotQueue;
  readonly patienceMs: Transform | undefined;
  /** Sandboxes that were handed over warm, or created for a job; from time 0 on. */
  warmStarts = 0;
  coldStarts = 0;
  /** Total time that these jobs waited for a slot. */
  waitedMs = 0;
  private readonly calendar: EventCalendar;
  private readonly grid: TimeGrid;
  private readonly options: SandboxHostOptions;
  private warm = 0;
  private refilling = 0;
  private refills = 0;
  private nextCreationMs = Number.NEGATIVE_INFINITY;
  /** A refill is up and goes to the first in line. */
  private isPassingOn = false;

  /** Starts with all warm sandboxes up. */
  constructor(
    queue: SlotQueue,
    calendar: EventCalendar,
    grid: TimeGrid,
    options: SandboxHostOptions,
    timeMs: number,
  ) {
    this.queue = queue;
    this.calendar = calendar;
    this.grid = grid;
    this.options = options;
    this.patienceMs = options.patienceMs;
    for (let i = 0; i < options.warmTarget; i++) {
      if (queue.tryRequest({ onSlot: () => {} }, timeMs)) this.warm++;
    }
  }

  /** Share of starts that had to create a sandbox. */
  get coldStartShare(): number {
    const starts = this.warmStarts + this.coldStarts;
    return starts === 0 ? 0 : this.coldStarts / starts;
  }

  run(
    job: ResourceJob,
    _amount: number,
    draw: number,
    timeMs: number,
    patienceMs = Number.POSITIVE_INFINITY,
  ): RunningJob {
    const hold = new SandboxHold(this, this.calendar, job, draw);
    if (this.warm > 0) {
      this.warm--;
      hold.takeWarm(timeMs);
      this.refill(timeMs);
    } else hold.start(timeMs, patienceMs);
    return hold;
  }

  /** Mean time that a job waited for its slot; those that found a warm sandbox did not. */
  get meanQueueMs(): number {
    const starts = this.warmStarts + this.coldStarts;
    return starts === 0 ? 0 : this.waitedMs / starts;
  }

  /** When a sandbox that is up already can be used. */
  warmMs(timeMs: number): number {
    if (timeMs >= 0) this.warmStarts++;
    return timeMs + this.grid.round(this.options.warmStartMs);
  }

  /** When the sandbox of a slot that was granted now can be used; it was asked for at `sinceMs`. */
  usableMs(draw: number, sinceMs: number, timeMs: number): number {
    if (timeMs >= 0) this.waitedMs += timeMs - sinceMs;
    if (this.isPassingOn) return this.warmMs(timeMs);
    if (timeMs >= 0) this.coldStarts++;
    return this.createdMs(draw, timeMs);
  }

  private createdMs(draw: number, timeMs: number): number {
    const startMs = Math.max(timeMs, this.nextCreationMs);
    this.nextCreationMs = startMs + this.options.createIntervalMs;
    return startMs + this.grid.round(this.options.createMs(draw));
  }

  /** A slot came back; perhaps a warm sandbox can be made in it. */
  slotReleased(timeMs: number, isDone: boolean): void {
    this.queue.release(timeMs, isDone);
    this.refill(timeMs);
  }

  private refill(timeMs: number): void {
    while (
      this.warm + this.refilling < this.options.warmTarget &&
      this.queue.waiting === 0 &&
      this.queue.hasFreeSlot
    ) {
      this.queue.tryRequest({ onSlot: () => {} }, timeMs);
      this.refilling++;
      // A low-discrepancy sequence stands for a draw: refills belong to no session.
      const draw = (0.5 + this.refills++ * 0.6180339887498949) % 1;
      this.calendar.scheduleArrival(
        this.createdMs(draw, timeMs),
        (upMs) => this.endRefill(upMs),
        0,
      );
    }
  }

  private endRefill(timeMs: number): void {
    this.refilling--;
    if (this.queue.waiting === 0) {
      this.warm++;
      return;
    }
    this.isPassingOn = true;
    this.queue.release(timeMs, false);
    this.isPassingOn = false;
  }
}

/** One sandbox from the request to its release. */
class SandboxHold implements SlotHolder, RunningJob {
  private readonly host: SandboxHost;
  private readonly calendar: EventCalendar;
  private readonly job: ResourceJob;
  private readonly draw: number;
  private event: EventId = -1;
  private state: 'waiting' | 'starting' | 'up' | 'over' = 'waiting';
  private sinceMs = Number.NaN;

  constructor(host: SandboxHost, calendar: EventCalendar, job: ResourceJob, draw: number) {
    this.host = host;
    this.calendar = calendar;
    this.job = job;
    this.draw = draw;
  }

  start(timeMs: number, patienceMs: number): void {
    this.sinceMs = timeMs;
    if (!this.host.queue.tryRequest(this, timeMs, patienceMs)) this.onImpatient(timeMs);
  }

  onImpatient(timeMs: number): void {
    this.state = 'over';
    this.job.onRejected(timeMs);
  }

  onSlot(timeMs: number): void {
    this.wait(this.host.usableMs(this.draw, this.sinceMs, timeMs));
  }

  takeWarm(timeMs: number): void {
    this.wait(this.host.warmMs(timeMs));
  }

  private wait(usableMs: number): void {
    this.state = 'starting';
    this.event = this.calendar.scheduleArrival(
      usableMs,
      (doneMs) => {
        this.state = 'up';
        this.job.onDone(doneMs);
      },
      0,
    );
  }

  release(timeMs: number): void {
    const state = this.state;
    this.state = 'over';
    if (state === 'waiting') this.host.queue.leave(this, timeMs);
    else if (state !== 'over') {
      if (state === 'starting') this.calendar.cancel(this.event);
      this.host.slotReleased(timeMs, state === 'up');
    }
  }
}
