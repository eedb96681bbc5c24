import type { PoolTimeline } from '../facts/poolTimeline.js';
import { Level, TimelineRecorder } from '../fleet/timelineRecorder.js';
import type { EventCalendar, EventHandler } from '../kernel/calendar.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import { DrawPurpose } from './drawPurpose.js';
import type { RequestRecorder } from './requestRecorder.js';
import type { RetrySpec } from './scenario.js';
import { timelineBins } from './timelineBins.js';

/** Clients that were told to come again: they wait, and send the request once more. */
export class Retries {
  private readonly calendar: EventCalendar;
  private readonly grid: TimeGrid;
  private readonly recorder: RequestRecorder;
  private readonly handleAgain: EventHandler;
  private readonly timeline: TimelineRecorder;

  /** @param onSent called when a client sends its request again */
  constructor(
    calendar: EventCalendar,
    grid: TimeGrid,
    recorder: RequestRecorder,
    horizonMs: number,
    onSent: EventHandler,
  ) {
    this.calendar = calendar;
    this.grid = grid;
    this.recorder = recorder;
    const { binMs, binCount } = timelineBins(horizonMs);
    this.timeline = new TimelineRecorder(binMs, binCount);
    this.handleAgain = (timeMs, row) => {
      this.note(-1, timeMs);
      recorder.retryMs[row] = timeMs - recorder.sentMs[row]!;
      onSent(timeMs, row);
    };
  }

  /** A 429 goes back to the client of a request. False, and nothing changes, when it has tried often enough. */
  tryLater(row: number, spec: RetrySpec, key: DrawKey, timeMs: number): boolean {
    const recorder = this.recorder;
    const attempt = recorder.retries[row]! + 1;
    if (attempt >= spec.attempts) return false;
    recorder.retries[row] = attempt;
    // It is in no pool while it waits.
    recorder.pool[row] = -1;
    const draw =
      spec.jitter > 0 ? key.uniform(DrawPurpose.firstRetry + attempt, recorder.ordinal[row]!) : 0;
    const waitMs = this.grid.round(spec.afterMs * (1 + spec.jitter * draw));
    const againMs = timeMs + recorder.networkMs[row]! + waitMs;
    this.calendar.scheduleArrival(againMs, this.handleAgain, row);
    this.note(1, timeMs);
    return true;
  }

  /** How many clients waited to come again, over time. */
  finish(timeMs: number): PoolTimeline {
    this.timeline.advance(timeMs);
    return this.timeline.finish();
  }

  private note(change: number, timeMs: number): void {
    this.timeline.advance(timeMs);
    this.timeline.change(Level.waiting, change);
  }
}
