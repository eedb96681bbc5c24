import FastPriorityQueue from 'fast-priority-queue';
import { FarEvents } from './farEvents.js';
import { growColumns } from './growColumns.js';
import { invariant } from './invariant.js';

/**
 * Order among events of one instant; lower runs first. Iterations end (and give tokens, blocks and
 * slots back), then requests and other work arrive, then batches are formed: so a follow-up with zero
 * gap joins the batch that is formed at the instant its predecessor ended, on any replica.
 */
export const enum Rank {
  iterationEnd = 0,
  arrival = 1,
  batchForming = 2,
}

/** What an event does: called with its time and the subject it was scheduled with. */
export type EventHandler = (timeMs: number, subject: number) => void;

/** Handle of a pending event, for `cancel`: its place in the columns. Reused after the event has run. */
export type EventId = number;

/** Two columns share a block, so that an event lies in few lines of the processor's caches. */
const blockShift = 1;
const columnsPerBlock = 1 << blockShift;
/** More events than most runs have pending: columns that are never replaced are compared faster. */
const initialCapacity = columnsPerBlock * 65536;
/** With more events than this in the heap, the buckets are rebuilt. */
const mostNear = 32;
/** The rate of events is measured over at least so many. */
const leastMeasured = 1024;
/** Ranks are this far apart in a key, more than there can be replicas or events. */
const rankStep = 2251799813685248;

/**
 * The future event list, in the total order (time, rank, order). `order` is the subject's index for
 * iteration ends and batch forming, and the order of scheduling for arrivals: so ties between replicas
 * do not depend on who was scheduled first.
 *
 * Events are integers into columns, because objects cost two to four times as much per operation.
 * The earliest event is kept in front of the heap: what an event schedules is often the next to run, and
 * then never enters the heap. Of many pending events the heap has only the next few; see `FarEvents`.
 * Cancelling takes its handler from the event; it goes when it comes to the front, or near.
 */
export class EventCalendar {
  private readonly instants = new Float64Array(initialCapacity);
  private readonly links = new Int32Array(initialCapacity);
  timeMs = this.instants.subarray(0);
  /** Rank and order in one number: what decides at one instant. */
  private key = this.instants.subarray(1);
  private subject = this.links.subarray(0);
  /** The next event of the list that this one is in, −1 after the last: free events are one, `FarEvents` has others. */
  next = this.links.subarray(1);
  private readonly handlers: EventHandler[] = [];
  private readonly heap = new FastPriorityQueue<EventId>((a, b) => this.isBefore(a, b));
  /** Comes before all in the heap; −1: none is kept here, as after an event was taken to run. */
  private front: EventId = -1;
  /** Comes after all in the heap. */
  private readonly far = new FarEvents(this);
  /** Events over which the rate is measured, when that began, and events left until the rate is measured again. */
  private measured = leastMeasured;
  private measuredFromMs = 0;
  private leftToMeasure = leastMeasured;
  private firstFree: EventId = -1;
  private capacity = initialCapacity;
  private used = 0;
  private scheduled = 0;
  private clockMs = 0;

  /** The clock starts at `startMs`; a run that warms up its world before time 0 starts below it. */
  constructor(startMs = 0) {
    this.clockMs = startMs;
    this.measuredFromMs = startMs;
  }

  /** Time of the event that runs, or ran last. */
  get nowMs(): number {
    return this.clockMs;
  }

  /** Adds work that arrives at `timeMs`; at one instant, work scheduled first runs first. */
  scheduleArrival(timeMs: number, handler: EventHandler, subject: number): EventId {
    return this.add(timeMs, Rank.arrival, this.scheduled, handler, subject);
  }

  /** Adds an event of a replica; at one instant and rank, the lowest replica index runs first. */
  scheduleReplica(
    timeMs: number,
    rank: Rank,
    replicaIndex: number,
    handler: EventHandler,
    subject: number,
  ): EventId {
    return this.add(timeMs, rank, replicaIndex, handler, subject);
  }

  /** Drops a pending event. */
  cancel(event: EventId): void {
    this.handlers[event >> blockShift] = dropped;
  }

  /** Time of the next live event, Infinity when nothing is left to do. */
  peekMs(): number {
    for (;;) {
      const isInFront = this.front >= 0;
      const event = isInFront ? this.front : this.heap.peek();
      if (event === undefined) {
        if (this.far.count === 0) return Number.POSITIVE_INFINITY;
        this.bringNear();
        continue;
      }
      if (this.handlerOf(event) !== dropped) return this.timeMs[event]!;
      if (isInFront) this.front = -1;
      else this.heap.poll();
      this.free(event);
    }
  }

  /**
   * Runs events in order, the clock moving with them, until none is left at or before `untilMs` or
   * `maxEvents` have run. Returns how many ran.
   */
  run(untilMs: number, maxEvents: number): number {
    let ran = 0;
    while (ran < maxEvents) {
      const timeMs = this.peekMs();
      if (timeMs > untilMs || timeMs === Number.POSITIVE_INFINITY) break;
      const event = this.front >= 0 ? this.front : this.heap.poll()!;
      const subject = this.subject[event]!;
      this.front = -1;
      this.clockMs = timeMs;
      this.free(event);
      ran++;
      if (--this.leftToMeasure === 0) this.measureRate();
      this.handlerOf(event)(timeMs, subject);
    }
    return ran;
  }

  private add(
    timeMs: number,
    rank: Rank,
    order: number,
    handler: EventHandler,
    subject: number,
  ): EventId {
    if (!(timeMs >= this.clockMs && timeMs < Number.POSITIVE_INFINITY))
      refuse(timeMs, this.clockMs);
    this.scheduled++;
    const event = this.newEvent();
    this.timeMs[event] = timeMs;
    this.key[event] = rank * rankStep + order;
    this.subject[event] = subject;
    // Most events get the handler that they had: asking is cheaper than telling the garbage collector.
    if (this.handlerOf(event) !== handler) this.handlers[event >> blockShift] = handler;
    if (this.far.isNear(timeMs)) this.place(event);
    else this.far.put(event, timeMs);
    return event;
  }

  private place(event: EventId): void {
    const front = this.front;
    if (front >= 0) {
      if (this.isBefore(event, front)) {
        this.front = event;
        this.heap.add(front);
      } else this.heap.add(event);
      return;
    }
    const top = this.heap.peek();
    const isNext = top === undefined || this.isBefore(event, top);
    this.front = isNext ? event : this.heap.replaceTop(event)!;
  }

  /** No event is near: the next of the far ones are from now on. */
  private bringNear(): void {
    const { far } = this;
    let event = far.open();
    while (event >= 0) {
      const next = far.takeOut(event);
      if (this.handlerOf(event) === dropped) this.free(event);
      else this.heap.add(event);
      event = next;
    }
  }

  /** An event is about to run: tells the far ones how often that happens. With too many near ones the buckets are rebuilt. */
  private measureRate(): void {
    const { far, heap } = this;
    const elapsedMs = this.clockMs - this.measuredFromMs;
    if (elapsedMs > 0) {
      far.eventsPerMs = this.measured / elapsedMs;
      if (heap.size > mostNear) far.divideAnew(heap);
    }
    // Dividing looks at all that are pending, so it is done once in twice as many.
    this.measured = Math.max(leastMeasured, 2 * (heap.size + far.count));
    this.leftToMeasure = this.measured;
    this.measuredFromMs = this.clockMs;
  }

  private isBefore(a: EventId, b: EventId): boolean {
    const timeA = this.timeMs[a]!;
    const timeB = this.timeMs[b]!;
    if (timeA !== timeB) return timeA < timeB;
    return this.key[a]! < this.key[b]!;
  }

  private newEvent(): EventId {
    const event = this.firstFree;
    if (event >= 0) {
      this.firstFree = this.next[event]!;
      return event;
    }
    if (this.used === this.capacity) {
      this.capacity *= 2;
      growColumns(this, this.capacity);
    }
    const fresh = this.used;
    this.used += columnsPerBlock;
    return fresh;
  }

  private handlerOf(event: EventId): EventHandler {
    return this.handlers[event >> blockShift]!;
  }

  private free(event: EventId): void {
    this.next[event] = this.firstFree;
    this.firstFree = event;
  }
}

/** Apart from its caller, so that no message is put together while all is well. */
function refuse(timeMs: number, nowMs: number): void {
  invariant(false, `event at ${timeMs} ms scheduled at ${nowMs} ms`);
}

/** Stands in for the handler of a cancelled event. */
const dropped: EventHandler = () => {};
