const bucketCount = 256;
/** Events in a bucket when it is opened, if they come at the rate that was told. */
const eventsPerBucket = 4;
/** Where so few are pending, all are near. */
const mostAllNear = 32;

/** All events, in columns that may be replaced by longer ones. */
interface EventColumns {
  readonly timeMs: Float64Array;
  /** For the lists here: the next event of the same list, −1 after the last. */
  readonly next: Int32Array;
}

/** The near events, in a heap. */
interface NearEvents {
  readonly size: number;
  poll(): number | undefined;
}

/**
 * Pending events that will not run soon: unordered, in buckets of equal spans of time, with one list for what
 * comes behind the last bucket. Buckets are opened in turn; what belongs to an open one is near, and for a heap to
 * order. So the heap stays small, and a thousand pending events cost little more per event than a few.
 *
 * Spans of time decide only where an event waits, never which runs first.
 */
export class FarEvents {
  /** How many are here. */
  count = 0;
  /** Events that run per ms, whatever they are; 0: not known. Sets the span of the buckets when they begin anew. */
  eventsPerMs = 0;
  /** Bucket k spans the times from startMs + k / bucketsPerMs on. 0: the first bucket has all times. */
  private bucketsPerMs = 0;
  private startMs = 0;
  /** Buckets below it are open. */
  private opened = 1;
  /** Events taken out since the buckets began anew. */
  private takenOut = 0;
  private readonly firstOf = new Int32Array(bucketCount).fill(-1);
  private firstBehind = -1;
  private readonly events: EventColumns;

  constructor(events: EventColumns) {
    this.events = events;
  }

  /** Does this time belong to an open bucket, or before all? Events of one instant all do, or none. */
  isNear(timeMs: number): boolean {
    return (timeMs - this.startMs) * this.bucketsPerMs < this.opened;
  }

  /** Takes in an event whose time is not near. */
  put(event: number, timeMs: number): void {
    const bucket = (timeMs - this.startMs) * this.bucketsPerMs;
    this.count++;
    if (bucket < bucketCount) {
      const index = bucket | 0;
      this.events.next[event] = this.firstOf[index]!;
      this.firstOf[index] = event;
    } else this.putBehind(event);
  }

  /**
   * Opens the next bucket that is not empty; only with `count` > 0 and no event near. Returns the first of its
   * events: `takeOut` it, and those that follow.
   */
  open(): number {
    for (;;) {
      while (this.opened < bucketCount) {
        const bucket = this.opened++;
        const first = this.firstOf[bucket]!;
        this.firstOf[bucket] = -1;
        if (first >= 0) return first;
      }
      // They were nearly empty, so events have become rarer since the rate was measured.
      if (this.takenOut < bucketCount) this.eventsPerMs /= eventsPerBucket;
      this.beginAnew();
    }
  }

  /** Returns the event after this one in the opened bucket, −1 after the last. */
  takeOut(event: number): number {
    this.count--;
    this.takenOut++;
    return this.events.next[event]!;
  }

  /** Takes in the near events as well, and begins the buckets anew, with the earliest of all. */
  divideAnew(near: NearEvents): void {
    for (let bucket = this.opened; bucket < bucketCount; bucket++) {
      let event = this.firstOf[bucket]!;
      this.firstOf[bucket] = -1;
      while (event >= 0) {
        const next = this.events.next[event]!;
        this.putBehind(event);
        event = next;
      }
    }
    this.count += near.size;
    while (near.size > 0) this.putBehind(near.poll()!);
    this.beginAnew();
  }

  private putBehind(event: number): void {
    this.events.next[event] = this.firstBehind;
    this.firstBehind = event;
  }

  /** All are behind the last bucket: they are spread over the buckets, the first of which begins with the earliest. */
  private beginAnew(): void {
    const { timeMs, next } = this.events;
    let event = this.firstBehind;
    let startMs = Number.POSITIVE_INFINITY;
    for (let each = event; each >= 0; each = next[each]!) {
      startMs = Math.min(startMs, timeMs[each]!);
    }
    this.startMs = startMs;
    this.bucketsPerMs = this.count > mostAllNear ? this.eventsPerMs / eventsPerBucket : 0;
    this.opened = 0;
    this.takenOut = 0;
    this.firstBehind = -1;
    this.count = 0;
    while (event >= 0) {
      const following = next[event]!;
      this.put(event, timeMs[event]!);
      event = following;
    }
  }
}
