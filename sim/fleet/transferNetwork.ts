import type { EventCalendar, EventHandler, EventId } from '../kernel/calendar.js';
import { invariant } from '../kernel/invariant.js';
import type { TimeGrid } from '../kernel/timeGrid.js';

/** What a link did up to now. */
export interface LinkUse {
  /** Bytes of the transfers that have ended, and of those that nobody saw. */
  readonly bytes: number;
  /** Time during which at least one transfer was under way, and the time that the unseen ones needed alone. */
  readonly busyMs: number;
}

interface Link {
  readonly bytesPerMs: number;
  readonly active: Transfer[];
  bytes: number;
  busyMs: number;
  busySinceMs: number;
}

interface Transfer {
  readonly id: number;
  readonly links: readonly number[];
  readonly bytes: number;
  readonly latencyMs: number;
  readonly onDone: EventHandler;
  readonly subject: number;
  leftBytes: number;
  bytesPerMs: number;
  /** When `leftBytes` was true. */
  sinceMs: number;
  /** It is off the links: all bytes have left and only the latency is to pass, or it was cancelled. */
  hasLeft: boolean;
  event: EventId;
}

/** What transfers need of the calendar. */
type Clock = Pick<EventCalendar, 'nowMs' | 'scheduleArrival' | 'cancel'>;

/**
 * Links that KV moves over: between memory tiers, and between replicas. Transfers on a link share its
 * bandwidth equally; one that crosses several links goes at the smallest of its shares, and what it leaves
 * of the others is not given away (so a bottleneck elsewhere makes this pessimistic). The latency follows
 * the bytes and holds no link.
 */
export class TransferNetwork {
  private readonly calendar: Clock;
  private readonly grid: TimeGrid;
  private readonly links: Link[] = [];
  private readonly transfers = new Map<number, Transfer>();
  private started = 0;

  constructor(calendar: Clock, grid: TimeGrid) {
    this.calendar = calendar;
    this.grid = grid;
  }

  /** A new link; returns its number. The name is for messages. */
  addLink(name: string, bytesPerMs: number): number {
    invariant(bytesPerMs > 0, `link ${name} moves ${bytesPerMs} bytes per ms`);
    this.links.push({
      bytesPerMs,
      active: [],
      bytes: 0,
      busyMs: 0,
      busySinceMs: 0,
    });
    return this.links.length - 1;
  }

  /** Transfers that are under way on a link. */
  activeOn(link: number): number {
    return this.links[link]!.active.length;
  }

  /**
   * Starts to move `bytes` ≥ 0 over these links. `onDone` is called with `subject` when the last byte has
   * arrived, `latencyMs` (on the grid) after it left. Returns a handle for `cancel`.
   */
  start(
    links: readonly number[],
    bytes: number,
    latencyMs: number,
    onDone: EventHandler,
    subject: number,
  ): number {
    const nowMs = this.calendar.nowMs;
    const transfer: Transfer = {
      id: this.started++,
      links,
      bytes,
      latencyMs,
      onDone,
      subject,
      leftBytes: bytes,
      bytesPerMs: 0,
      sinceMs: nowMs,
      hasLeft: false,
      event: -1,
    };
    this.transfers.set(transfer.id, transfer);
    for (const link of links) {
      const { active } = this.links[link]!;
      if (active.length === 0) this.links[link]!.busySinceMs = nowMs;
      active.push(transfer);
    }
    this.share(transfer, nowMs);
    return transfer.id;
  }

  /** `bytes` have moved over these links beside the transfers and slowed none; they count as if alone. */
  noteUnseen(links: readonly number[], bytes: number): void {
    for (const number of links) {
      const link = this.links[number]!;
      link.bytes += bytes;
      link.busyMs += bytes / link.bytesPerMs;
    }
  }

  /** A transfer that nobody needs any more ends now, unreported; one that has ended is no mistake. */
  cancel(id: number): void {
    const transfer = this.transfers.get(id);
    if (transfer === undefined) return;
    this.calendar.cancel(transfer.event);
    this.transfers.delete(id);
    if (transfer.hasLeft) return;
    transfer.hasLeft = true;
    this.leave(transfer, this.calendar.nowMs);
  }

  /** What each link did up to `timeMs`. */
  use(timeMs: number): LinkUse[] {
    return this.links.map(({ bytes, busyMs, busySinceMs, active }) => ({
      bytes,
      busyMs: active.length > 0 ? busyMs + timeMs - busySinceMs : busyMs,
    }));
  }

  private readonly handleLastByte = (timeMs: number, id: number): void => {
    const transfer = this.transfers.get(id)!;
    for (const link of transfer.links) {
      this.links[link]!.bytes += transfer.bytes;
    }
    transfer.hasLeft = true;
    this.leave(transfer, timeMs);
    const { latencyMs } = transfer;
    if (latencyMs > 0)
      transfer.event = this.calendar.scheduleArrival(timeMs + latencyMs, this.handleEnd, id);
    else this.handleEnd(timeMs, id);
  };

  private readonly handleEnd = (timeMs: number, id: number): void => {
    const { onDone, subject } = this.transfers.get(id)!;
    this.transfers.delete(id);
    onDone(timeMs, subject);
  };

  private leave(transfer: Transfer, timeMs: number): void {
    for (const link of transfer.links) {
      const { active } = this.links[link]!;
      active.splice(active.indexOf(transfer), 1);
      if (active.length > 0) continue;
      this.links[link]!.busyMs += timeMs - this.links[link]!.busySinceMs;
    }
    this.share(transfer, timeMs);
  }

  /** The shares of all who cross a link with this transfer have changed, and its own if it is under way. */
  private share(changed: Transfer, timeMs: number): void {
    if (changed.links.length === 0 && !changed.hasLeft) this.pace(changed, timeMs);
    for (const link of changed.links)
      for (const transfer of this.links[link]!.active) this.pace(transfer, timeMs);
  }

  private pace(transfer: Transfer, timeMs: number): void {
    let bytesPerMs = Number.POSITIVE_INFINITY;
    for (const link of transfer.links) {
      const { bytesPerMs: capacity, active } = this.links[link]!;
      bytesPerMs = Math.min(bytesPerMs, capacity / active.length);
    }
    if (bytesPerMs === transfer.bytesPerMs) return;
    const movedBytes = (timeMs - transfer.sinceMs) * transfer.bytesPerMs;
    transfer.leftBytes = Math.max(0, transfer.leftBytes - movedBytes);
    transfer.sinceMs = timeMs;
    transfer.bytesPerMs = bytesPerMs;
    if (transfer.event >= 0) this.calendar.cancel(transfer.event);
    const leftMs = this.grid.round(transfer.leftBytes / bytesPerMs);
    transfer.event = this.calendar.scheduleArrival(
      timeMs + leftMs,
      this.handleLastByte,
      transfer.id,
    );
  }
}
