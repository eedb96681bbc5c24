import type { EventCalendar, EventId } from '../kernel/calendar.js';
import { Level, type TimelineRecorder } from './timelineRecorder.js';

/** Work that waits for a slot and holds it until it gives it back. */
export interface SlotHolder {
  /** The slot is granted: hold it until `SlotQueue.release`. */
  onSlot(timeMs: number): void;
  /** Its patience has ended: it has left the queue. */
  onImpatient?(timeMs: number): void;
}

interface WaitingHolder {
  readonly holder: SlotHolder;
  readonly sinceMs: number;
  /** The event that ends its patience; −1: none. */
  impatience: EventId;
  isGone: boolean;
}

/**
 * Identical slots behind one first-come first-served queue: servers of a tool pool, connections of a
 * store, places of a sandbox host. Unlike a `ServerQueue` the holder decides how long it stays, and may
 * leave the queue or the slot at any time (its task was cancelled).
 */
export class SlotQueue {
  // Counted from time 0: before it the world is only warmed up.
  /** Holders that kept their slot as long as they needed it. */
  completed = 0;
  rejected = 0;
  /** Left because their patience ended. */
  abandoned = 0;
  private readonly slots: number;
  private readonly maxWaiting: number;
  private readonly timeline: TimelineRecorder;
  private readonly calendar: EventCalendar | undefined;
  private held = 0;
  /** Total time that holders waited for the slots that were granted. */
  private waitedMs = 0;
  private granted = 0;
  private queue: WaitingHolder[] = [];
  private head = 0;
  private length = 0;

  /** @param calendar needed only for holders with patience */
  constructor(
    timeline: TimelineRecorder,
    options: { readonly slots: number; readonly maxWaiting: number },
    calendar?: EventCalendar,
  ) {
    this.timeline = timeline;
    this.calendar = calendar;
    this.slots = options.slots;
    this.maxWaiting = options.maxWaiting;
  }

  get waiting(): number {
    return this.length;
  }

  get hasFreeSlot(): boolean {
    return this.held < this.slots;
  }

  /** Mean wait of the holders that got a slot. */
  get meanWaitMs(): number {
    return this.granted === 0 ? 0 : this.waitedMs / this.granted;
  }

  /**
   * Grants a slot now or queues the holder. False, and nothing changes, when the queue is full.
   * @param patienceMs how long it waits for a slot
   */
  tryRequest(holder: SlotHolder, timeMs: number, patienceMs = Number.POSITIVE_INFINITY): boolean {
    if (this.held < this.slots) {
      this.timeline.advance(timeMs);
      this.held++;
      this.timeline.change(Level.busyUnits, 1);
      this.timeline.change(Level.running, 1);
      if (timeMs >= 0) this.granted++;
      holder.onSlot(timeMs);
      return true;
    }
    if (this.length >= this.maxWaiting) {
      if (timeMs >= 0) this.rejected++;
      return false;
    }
    this.timeline.advance(timeMs);
    this.timeline.change(Level.waiting, 1);
    const entry: WaitingHolder = { holder, sinceMs: timeMs, impatience: -1, isGone: false };
    if (patienceMs < Number.POSITIVE_INFINITY) {
      const handle = (endMs: number) => this.abandon(entry, endMs);
      entry.impatience = this.calendar!.scheduleArrival(timeMs + patienceMs, handle, 0);
    }
    this.queue.push(entry);
    this.length++;
    return true;
  }

  /** A holder leaves the queue before it got a slot. */
  leave(holder: SlotHolder, timeMs: number): void {
    const entry = this.queue.find((one) => one.holder === holder && !one.isGone);
    if (entry === undefined) return;
    if (entry.impatience >= 0) this.calendar!.cancel(entry.impatience);
    this.drop(entry, timeMs);
  }

  private abandon(entry: WaitingHolder, timeMs: number): void {
    if (timeMs >= 0) this.abandoned++;
    this.drop(entry, timeMs);
    entry.holder.onImpatient?.(timeMs);
  }

  private drop(entry: WaitingHolder, timeMs: number): void {
    entry.isGone = true;
    this.length--;
    this.timeline.advance(timeMs);
    this.timeline.change(Level.waiting, -1);
  }

  /** A slot comes back and goes to the next in line. `isDone`: false when its holder gave up. */
  release(timeMs: number, isDone = true): void {
    if (isDone && timeMs >= 0) this.completed++;
    this.timeline.advance(timeMs);
    const next = this.takeFirst();
    if (next === undefined) {
      this.held--;
      this.timeline.change(Level.busyUnits, -1);
      this.timeline.change(Level.running, -1);
      return;
    }
    this.timeline.change(Level.waiting, -1);
    if (next.impatience >= 0) this.calendar!.cancel(next.impatience);
    if (timeMs >= 0) {
      this.waitedMs += timeMs - next.sinceMs;
      this.granted++;
    }
    next.holder.onSlot(timeMs);
  }

  private takeFirst(): WaitingHolder | undefined {
    while (this.head < this.queue.length) {
      const entry = this.queue[this.head++]!;
      if (entry.isGone) continue;
      this.length--;
      this.dropServed();
      return entry;
    }
    this.dropServed();
    return undefined;
  }

  /** Forgets the front of the queue now and then: shifting it at every grant would cost its length. */
  private dropServed(): void {
    if (this.head < 64 || 2 * this.head < this.queue.length) return;
    this.queue = this.queue.slice(this.head);
    this.head = 0;
  }
}
