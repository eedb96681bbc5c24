import type { EventCalendar, EventHandler } from '../kernel/calendar.js';
import { grown } from '../kernel/grown.js';
import { Level, type TimelineRecorder } from './timelineRecorder.js';

/** Called when a server takes a request, or is done with it. */
export type OnServed = (request: number, timeMs: number) => void;

/**
 * Identical servers behind one first-come first-served queue: the plain queueing station under gateways
 * and station pools. A request waits, holds one server for its service time, and leaves.
 */
export class ServerQueue {
  completed = 0;
  rejected = 0;
  readonly #calendar: EventCalendar;
  readonly #timeline: TimelineRecorder;
  readonly #servers: number;
  readonly #maxWaiting: number;
  readonly #onStart: OnServed;
  readonly #onDone: OnServed;
  readonly #handleDone: EventHandler;
  #busy = 0;
  /** Ring of waiting requests with their service times. */
  #requests = new Int32Array(64);
  #serviceMs = new Float64Array(64);
  #sinceMs = new Float64Array(64);
  #head = 0;
  #length = 0;

  constructor(
    calendar: EventCalendar,
    timeline: TimelineRecorder,
    options: {
      /** Infinity: nobody ever waits. */
      readonly servers: number;
      /** Requests that may wait; one more is turned away. */
      readonly maxWaiting: number;
      readonly onStart: OnServed;
      readonly onDone: OnServed;
    },
  ) {
    this.#calendar = calendar;
    this.#timeline = timeline;
    this.#servers = options.servers;
    this.#maxWaiting = options.maxWaiting;
    this.#onStart = options.onStart;
    this.#onDone = options.onDone;
    this.#handleDone = (timeMs, request) => this.#finish(request, timeMs);
  }

  get waiting(): number {
    return this.#length;
  }

  get hasFreeServer(): boolean {
    return this.#busy < this.#servers;
  }

  /** May one more request enter, at once or to wait? */
  get hasRoom(): boolean {
    return this.#busy < this.#servers || this.#length < this.#maxWaiting;
  }

  /** How long the request first in line has waited, 0 when nobody does. */
  queueTimeMs(timeMs: number): number {
    return this.#length === 0 ? 0 : timeMs - this.#sinceMs[this.#head]!;
  }

  /** A request arrives. False, and nothing changes, when it is turned away. */
  tryEnter(request: number, serviceMs: number, timeMs: number): boolean {
    if (this.#busy < this.#servers) {
      this.#timeline.advance(timeMs);
      this.#busy++;
      this.#timeline.change(Level.busyUnits, 1);
      this.#timeline.change(Level.running, 1);
      this.#serve(request, serviceMs, timeMs);
      return true;
    }
    if (this.#length >= this.#maxWaiting) {
      this.rejected++;
      return false;
    }
    this.#timeline.advance(timeMs);
    this.#timeline.change(Level.waiting, 1);
    this.#push(request, serviceMs, timeMs);
    return true;
  }

  #serve(request: number, serviceMs: number, timeMs: number): void {
    this.#onStart(request, timeMs);
    this.#calendar.scheduleArrival(timeMs + serviceMs, this.#handleDone, request);
  }

  #finish(request: number, timeMs: number): void {
    this.completed++;
    this.#timeline.advance(timeMs);
    if (this.#length > 0) {
      const slot = this.#head;
      this.#head = (slot + 1) & (this.#requests.length - 1);
      this.#length--;
      this.#timeline.change(Level.waiting, -1);
      this.#serve(this.#requests[slot]!, this.#serviceMs[slot]!, timeMs);
    } else {
      this.#busy--;
      this.#timeline.change(Level.busyUnits, -1);
      this.#timeline.change(Level.running, -1);
    }
    this.#onDone(request, timeMs);
  }

  #push(request: number, serviceMs: number, timeMs: number): void {
    if (this.#length === this.#requests.length) this.#grow();
    const slot = (this.#head + this.#length) & (this.#requests.length - 1);
    this.#requests[slot] = request;
    this.#serviceMs[slot] = serviceMs;
    this.#sinceMs[slot] = timeMs;
    this.#length++;
  }

  #grow(): void {
    const size = this.#requests.length;
    // The wrapped part moves behind the rest, so that the ring is whole again.
    this.#requests = grown(this.#requests, 2 * size);
    this.#serviceMs = grown(this.#serviceMs, 2 * size);
    this.#sinceMs = grown(this.#sinceMs, 2 * size);
    this.#requests.copyWithin(size, 0, this.#head);
    this.#serviceMs.copyWithin(size, 0, this.#head);
    this.#sinceMs.copyWithin(size, 0, this.#head);
  }
}
