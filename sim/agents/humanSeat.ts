import type { EventCalendar } from '../kernel/calendar.js';

/** Something a human has to attend to: a yield of one of their sessions. */
interface SeatJob {
  readonly engagedMs: number;
  readonly onStart: (timeMs: number) => void;
  readonly onEnd: (timeMs: number) => void;
}

/**
 * A human who runs several agents: a server with one seat, first come first served over the yields of
 * their sessions, with a cost for each switch to another session.
 */
export class HumanSeat {
  private readonly calendar: EventCalendar;
  private readonly switchMs: number;
  private readonly queue: { job: SeatJob; session: number }[] = [];
  private isBusy = false;
  private lastSession = -1;

  constructor(calendar: EventCalendar, switchMs: number) {
    this.calendar = calendar;
    this.switchMs = switchMs;
  }

  attend(session: number, job: SeatJob, timeMs: number): void {
    this.queue.push({ session, job });
    if (!this.isBusy) this.next(timeMs);
  }

  private next(timeMs: number): void {
    const entry = this.queue.shift();
    this.isBusy = entry !== undefined;
    if (entry === undefined) return;
    const { job, session } = entry;
    const switchMs = this.lastSession >= 0 && this.lastSession !== session ? this.switchMs : 0;
    this.lastSession = session;
    job.onStart(timeMs + switchMs);
    this.calendar.scheduleArrival(
      timeMs + switchMs + job.engagedMs,
      (endMs) => {
        job.onEnd(endMs);
        this.next(endMs);
      },
      0,
    );
  }
}
