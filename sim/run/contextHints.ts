import type { Placement } from '../fleet/placement.js';
import type { EventCalendar, EventHandler } from '../kernel/calendar.js';
import type { FleetPool } from './fleetPool.js';
import type { RequestRecorder } from './requestRecorder.js';

/** What is known of a hint: who sent it, and where it led. */
interface Hint {
  readonly place: Placement;
  /** The pool that was told; −1: the hint is on its way. */
  pool: number;
}

/**
 * Hints that go ahead of the calls of agents and name their contexts, so that pools can begin to load them. A hint
 * takes the network's way like its call, and no time at the gateway. It knows what its call knows.
 */
export class ContextHints {
  private readonly calendar: EventCalendar;
  private readonly recorder: RequestRecorder;
  private readonly pools: readonly FleetPool[];
  private readonly hints = new Map<number, Hint>();
  private readonly handleHint: EventHandler = (timeMs, row) => this.tell(row, timeMs);

  constructor(calendar: EventCalendar, recorder: RequestRecorder, pools: readonly FleetPool[]) {
    this.calendar = calendar;
    this.recorder = recorder;
    this.pools = pools;
  }

  /** What came before a call is over: its client sends it now. */
  announce(row: number, place: Placement, timeMs: number): void {
    this.hints.set(row, { place, pool: -1 });
    const networkMs = this.recorder.networkMs[row]!;
    if (networkMs > 0) this.calendar.scheduleArrival(timeMs + networkMs, this.handleHint, row);
    else this.tell(row, timeMs);
  }

  /** The call itself is placed: elsewhere nothing is held for it. */
  settle(row: number, pool: number, timeMs: number): void {
    const hint = this.hints.get(row);
    if (hint === undefined) return;
    this.hints.delete(row);
    if (hint.pool >= 0 && hint.pool !== pool) this.pools[hint.pool]!.forgetHint?.(row, timeMs);
  }

  private tell(row: number, timeMs: number): void {
    const hint = this.hints.get(row);
    // The call was given up, or was faster.
    if (hint === undefined || hint.pool >= 0) return;
    const { promptTokens, outputTokens, stream } = this.recorder;
    const pool = hint.place(promptTokens[row]!, outputTokens[row]!, timeMs, stream[row]!);
    if (pool < 0) return;
    hint.pool = pool;
    this.pools[pool]!.noteHint?.(row, timeMs);
  }
}
