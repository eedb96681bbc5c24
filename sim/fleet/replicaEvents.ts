import type { Replica } from '../engine/replica.js';
import { Wake } from '../engine/wake.js';
import { type EventCalendar, type EventHandler, Rank } from '../kernel/calendar.js';
import type { ReplicaLevels } from './replicaLevels.js';

/** Turns what the replicas of a pool ask for into events of the calendar, and runs these. */
export class ReplicaEvents {
  private readonly calendar: EventCalendar;
  private readonly replicas: readonly Replica[];
  private readonly levels: ReplicaLevels;
  private readonly onChange: (timeMs: number, index: number) => void;
  /** The end of each replica's segment; −1: it has none. */
  private readonly pendingEvent: Int32Array;
  private readonly handleEnd: EventHandler = (timeMs, index) => this.endIteration(timeMs, index);
  private readonly handleForming: EventHandler = (timeMs, index) =>
    this.startIteration(timeMs, index);

  /** @param onChange called after a replica, by its index in the pool, has done something */
  constructor(
    calendar: EventCalendar,
    replicas: readonly Replica[],
    levels: ReplicaLevels,
    onChange: (timeMs: number, index: number) => void,
  ) {
    this.calendar = calendar;
    this.replicas = replicas;
    this.levels = levels;
    this.onChange = onChange;
    this.pendingEvent = new Int32Array(replicas.length).fill(-1);
  }

  /** Does what a replica asks for after something happened to it. */
  heed(wake: Wake, index: number, timeMs: number): void {
    if (wake === Wake.endMoved) {
      this.calendar.cancel(this.pendingEvent[index]!);
      this.scheduleEnd(index);
    } else if (wake === Wake.formNow) {
      this.scheduleForming(timeMs, index);
    }
    this.onChange(timeMs, index);
  }

  private endIteration(timeMs: number, index: number): void {
    this.pendingEvent[index] = -1;
    this.levels.advance(timeMs);
    const isOver = this.replicas[index]!.end(timeMs);
    if (!isOver) {
      this.scheduleEnd(index);
      this.onChange(timeMs, index);
    } else if (this.calendar.peekMs() > timeMs) this.startIteration(timeMs, index);
    // Whatever else belongs to this instant comes first: its arrivals join the batch that is formed now.
    else this.scheduleForming(timeMs, index);
  }

  private startIteration(timeMs: number, index: number): void {
    const replica = this.replicas[index]!;
    this.levels.advance(timeMs);
    replica.start(timeMs);
    if (!replica.isIdle) this.scheduleEnd(index);
    this.onChange(timeMs, index);
  }

  private scheduleEnd(index: number): void {
    const replica = this.replicas[index]!;
    this.pendingEvent[index] = this.calendar.scheduleReplica(
      replica.nextEndMs,
      Rank.iterationEnd,
      replica.index,
      this.handleEnd,
      index,
    );
  }

  private scheduleForming(timeMs: number, index: number): void {
    const order = this.replicas[index]!.index;
    this.calendar.scheduleReplica(timeMs, Rank.batchForming, order, this.handleForming, index);
  }
}
