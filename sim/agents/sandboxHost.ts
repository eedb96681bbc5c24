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
}

/**
 * Hosts of sandboxes. A sandbox takes a slot until it is released. One that is warm is handed over at
 * once; else it is created, no faster than the create rate allows. What is taken from the warm ones is
 * refilled while slots are free and nobody waits.
 */
export class SandboxHost implements AgentResource {
  readonly queue: SlotQueue;
  warmStarts = 0;
  coldStarts = 0;
  readonly #calendar: EventCalendar;
  readonly #grid: TimeGrid;
  readonly #options: SandboxHostOptions;
  #warm = 0;
  #refilling = 0;
  #refills = 0;
  #nextCreationMs = Number.NEGATIVE_INFINITY;

  /** Starts with all warm sandboxes up. */
  constructor(
    queue: SlotQueue,
    calendar: EventCalendar,
    grid: TimeGrid,
    options: SandboxHostOptions,
    timeMs: number,
  ) {
    this.queue = queue;
    this.#calendar = calendar;
    this.#grid = grid;
    this.#options = options;
    for (let i = 0; i < options.warmTarget; i++) {
      if (queue.tryRequest({ onSlot: () => {} }, timeMs)) this.#warm++;
    }
  }

  /** Share of starts that had to create a sandbox. */
  get coldStartShare(): number {
    const starts = this.warmStarts + this.coldStarts;
    return starts === 0 ? 0 : this.coldStarts / starts;
  }

  run(job: ResourceJob, _amount: number, draw: number, timeMs: number): RunningJob {
    if (this.#warm > 0) {
      this.#warm--;
      this.warmStarts++;
      const hold = new SandboxHold(
        this,
        this.#calendar,
        job,
        this.#grid.round(this.#options.warmStartMs),
      );
      hold.onSlot(timeMs);
      this.#refill(timeMs);
      return hold;
    }
    const hold = new SandboxHold(this, this.#calendar, job, undefined, draw);
    hold.start(timeMs);
    return hold;
  }

  /** When a sandbox whose creation is asked for now is up. */
  createdMs(draw: number, timeMs: number): number {
    const startMs = Math.max(timeMs, this.#nextCreationMs);
    this.#nextCreationMs = startMs + this.#options.createIntervalMs;
    return startMs + this.#grid.round(this.#options.createMs(draw));
  }

  /** A slot came back; perhaps a warm sandbox can be made in it. */
  slotReleased(timeMs: number): void {
    this.queue.release(timeMs);
    this.#refill(timeMs);
  }

  #refill(timeMs: number): void {
    while (
      this.#warm + this.#refilling < this.#options.warmTarget &&
      this.queue.waiting === 0 &&
      this.queue.hasFreeSlot
    ) {
      this.queue.tryRequest({ onSlot: () => {} }, timeMs);
      this.#refilling++;
      // A low-discrepancy sequence stands for a draw: refills belong to no session.
      const draw = (this.#refills++ * 0.6180339887498949) % 1;
      this.#calendar.scheduleArrival(
        this.createdMs(draw, timeMs),
        () => {
          this.#refilling--;
          this.#warm++;
        },
        0,
      );
    }
  }
}

/** One sandbox from the request to its release. */
class SandboxHold implements SlotHolder, RunningJob {
  readonly #host: SandboxHost;
  readonly #calendar: EventCalendar;
  readonly #job: ResourceJob;
  /** Of a warm one; undefined: it must be created. */
  readonly #handOverMs: number | undefined;
  readonly #draw: number;
  #event: EventId = -1;
  #state: 'waiting' | 'starting' | 'up' | 'over' = 'waiting';

  constructor(
    host: SandboxHost,
    calendar: EventCalendar,
    job: ResourceJob,
    handOverMs: number | undefined,
    draw = 0,
  ) {
    this.#host = host;
    this.#calendar = calendar;
    this.#job = job;
    this.#handOverMs = handOverMs;
    this.#draw = draw;
  }

  start(timeMs: number): void {
    if (this.#host.queue.tryRequest(this, timeMs)) return;
    this.#state = 'over';
    this.#job.onRejected(timeMs);
  }

  onSlot(timeMs: number): void {
    this.#state = 'starting';
    let upMs: number;
    if (this.#handOverMs === undefined) {
      this.#host.coldStarts++;
      upMs = this.#host.createdMs(this.#draw, timeMs);
    } else upMs = timeMs + this.#handOverMs;
    this.#event = this.#calendar.scheduleArrival(
      upMs,
      (doneMs) => {
        this.#state = 'up';
        this.#job.onDone(doneMs);
      },
      0,
    );
  }

  release(timeMs: number): void {
    const state = this.#state;
    this.#state = 'over';
    if (state === 'waiting') this.#host.queue.leave(this, timeMs);
    else if (state !== 'over') {
      if (state === 'starting') this.#calendar.cancel(this.#event);
      this.#host.slotReleased(timeMs);
    }
  }
}
