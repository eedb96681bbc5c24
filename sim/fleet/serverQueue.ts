import type { EventCalendar, EventHandler } from '../kernel/calendar.js';
import { grown } from '../kernel/grown.js';
import { Level, type TimelineRecorder } from './timelineRecorder.js';

/** Called when a server takes a request or is done with it, or when the request gives up waiting. */
export type OnServed = (request: number, timeMs: number) => void;

/**
 * Identical servers behind one first-come first-served queue: the plain queueing station under gateways
 * and station pools. A request waits, holds one server for its service time, and leaves.
 *
 * A server that was idle may need a set-up. It begins when a request comes that no other set-up is under way
 * for; then the server takes who is first in line, and is idle again if nobody is.
 */
export class ServerQueue {
  completed = 0;
  rejected = 0;
  /** Left the queue because their patience ended. */
  abandoned = 0;
  private readonly calendar: EventCalendar;
  private readonly timeline: TimelineRecorder;
  private readonly servers: number;
  private readonly maxWaiting: number;
  private readonly onStart: OnServed;
  private readonly onDone: OnServed;
  private readonly onAbandoned: OnServed;
  private readonly handleDone: EventHandler;
  private readonly handleImpatient: EventHandler;
  private readonly handleSetUp: EventHandler;
  /** Servers that serve, and servers in set-up. */
  private busy = 0;
  private starting = 0;
  /** Ring of places in the queue: its requests with their service times. Place p is in slot p modulo the size. */
  private requests = new Int32Array(64);
  private serviceMs = new Float64Array(64);
  private sinceMs = new Float64Array(64);
  /** The event that ends its patience; −1: none. */
  private impatience = new Int32Array(64);
  /** First place that is still waited in, and places from it on, those that were left included. */
  private head = 0;
  private places = 0;
  /** Requests that wait. */
  private length = 0;

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
      /** Needed only for requests with patience. */
      readonly onAbandoned?: OnServed;
    },
  ) {
    this.calendar = calendar;
    this.timeline = timeline;
    this.servers = options.servers;
    this.maxWaiting = options.maxWaiting;
    this.onStart = options.onStart;
    this.onDone = options.onDone;
    this.onAbandoned = options.onAbandoned ?? (() => {});
    this.handleDone = (timeMs, request) => this.finish(request, timeMs);
    this.handleImpatient = (timeMs, place) => this.abandon(place, timeMs);
    this.handleSetUp = (timeMs) => this.endSetUp(timeMs);
  }

  get waiting(): number {
    return this.length;
  }

  get hasFreeServer(): boolean {
    return this.busy < this.servers;
  }

  /** May one more request enter, at once or to wait? */
  get hasRoom(): boolean {
    // Who waits for a server in set-up needs no place in the queue.
    return (
      this.busy + this.starting < this.servers || this.length - this.starting < this.maxWaiting
    );
  }

  /** How long the request first in line has waited, 0 when nobody does. */
  queueTimeMs(timeMs: number): number {
    return this.length === 0 ? 0 : timeMs - this.sinceMs[this.slot(this.head)]!;
  }

  /**
   * A request arrives. False, and nothing changes, when it is turned away.
   * @param setUpMs of the server that it wakes, if it wakes one
   * @param patienceMs how long it waits for the start of its service; from then on it stays to the end
   */
  tryEnter(
    request: number,
    serviceMs: number,
    timeMs: number,
    setUpMs = 0,
    patienceMs = Number.POSITIVE_INFINITY,
  ): boolean {
    if (setUpMs === 0 && this.starting === 0 && this.busy < this.servers) {
      this.timeline.advance(timeMs);
      this.busy++;
      this.timeline.change(Level.busyUnits, 1);
      this.timeline.change(Level.running, 1);
      this.serve(request, serviceMs, timeMs);
      return true;
    }
    if (!this.hasRoom) {
      this.rejected++;
      return false;
    }
    this.timeline.advance(timeMs);
    this.timeline.change(Level.waiting, 1);
    this.push(request, serviceMs, timeMs, patienceMs);
    if (this.length > this.starting && this.busy + this.starting < this.servers) {
      this.starting++;
      this.timeline.change(Level.busyUnits, 1);
      if (setUpMs === 0) this.endSetUp(timeMs);
      else this.calendar.scheduleArrival(timeMs + setUpMs, this.handleSetUp, 0);
    }
    return true;
  }

  /** A request that waits leaves the queue. False: it does not wait here. Looks at all that wait. */
  cancel(request: number, timeMs: number): boolean {
    for (let i = 0; i < this.places; i++) {
      const slot = this.slot(this.head + i);
      if (this.requests[slot] !== request) continue;
      if (this.impatience[slot]! >= 0) this.calendar.cancel(this.impatience[slot]!);
      this.timeline.advance(timeMs);
      this.leave(slot);
      return true;
    }
    return false;
  }

  private serve(request: number, serviceMs: number, timeMs: number): void {
    this.onStart(request, timeMs);
    this.calendar.scheduleArrival(timeMs + serviceMs, this.handleDone, request);
  }

  private serveFirst(timeMs: number): void {
    const slot = this.slot(this.head);
    const request = this.requests[slot]!;
    if (this.impatience[slot]! >= 0) this.calendar.cancel(this.impatience[slot]!);
    this.leave(slot);
    this.serve(request, this.serviceMs[slot]!, timeMs);
  }

  private endSetUp(timeMs: number): void {
    this.timeline.advance(timeMs);
    this.starting--;
    if (this.length === 0) {
      this.timeline.change(Level.busyUnits, -1);
      return;
    }
    this.busy++;
    this.timeline.change(Level.running, 1);
    this.serveFirst(timeMs);
  }

  private finish(request: number, timeMs: number): void {
    this.completed++;
    this.timeline.advance(timeMs);
    if (this.length > 0) this.serveFirst(timeMs);
    else {
      this.busy--;
      this.timeline.change(Level.busyUnits, -1);
      this.timeline.change(Level.running, -1);
    }
    this.onDone(request, timeMs);
  }

  private abandon(place: number, timeMs: number): void {
    const slot = this.slot(place);
    const request = this.requests[slot]!;
    this.abandoned++;
    this.timeline.advance(timeMs);
    this.leave(slot);
    this.onAbandoned(request, timeMs);
  }

  private push(request: number, serviceMs: number, timeMs: number, patienceMs: number): void {
    if (this.places === this.requests.length) this.grow();
    const place = this.head + this.places++;
    const slot = this.slot(place);
    this.requests[slot] = request;
    this.serviceMs[slot] = serviceMs;
    this.sinceMs[slot] = timeMs;
    this.impatience[slot] =
      patienceMs < Number.POSITIVE_INFINITY
        ? this.calendar.scheduleArrival(timeMs + patienceMs, this.handleImpatient, place)
        : -1;
    this.length++;
  }

  /** Somebody leaves the queue; the head moves on to the next who still waits. */
  private leave(slot: number): void {
    this.timeline.change(Level.waiting, -1);
    this.requests[slot] = -1;
    this.length--;
    while (this.places > 0 && this.requests[this.slot(this.head)] === -1) {
      this.head++;
      this.places--;
    }
  }

  /** Places count on and on; beyond 2^31 their low bits still tell the slot. */
  private slot(place: number): number {
    return place & (this.requests.length - 1);
  }

  private grow(): void {
    const size = this.requests.length;
    this.requests = grown(this.requests, 2 * size);
    this.serviceMs = grown(this.serviceMs, 2 * size);
    this.sinceMs = grown(this.sinceMs, 2 * size);
    this.impatience = grown(this.impatience, 2 * size);
    // Either half of the ring may be the one where a slot's place is found now, so both hold everything.
    this.requests.copyWithin(size, 0, size);
    this.serviceMs.copyWithin(size, 0, size);
    this.sinceMs.copyWithin(size, 0, size);
    this.impatience.copyWithin(size, 0, size);
  }
}
