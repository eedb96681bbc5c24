import type { PoolRun } from '../facts/poolRun.js';
import type { EventCalendar } from '../kernel/calendar.js';
import { LogHistogram } from '../statistics/logHistogram.js';
import { type OnServed, ServerQueue } from './serverQueue.js';
import type { TimelineRecorder } from './timelineRecorder.js';

/** Servers behind one queue, with the report that every pool gives: a plain station, or a gateway. */
export class StationPool {
  readonly queue: ServerQueue;
  private readonly name: string;
  private readonly kind: 'station' | 'gateway';
  private readonly servers: number;
  private readonly timeline: TimelineRecorder;

  constructor(
    calendar: EventCalendar,
    timeline: TimelineRecorder,
    options: {
      readonly name: string;
      readonly kind: 'station' | 'gateway';
      readonly servers: number;
      readonly maxWaiting: number;
      readonly onStart: OnServed;
      readonly onDone: OnServed;
      readonly onAbandoned?: OnServed;
    },
  ) {
    this.name = options.name;
    this.kind = options.kind;
    this.servers = options.servers;
    this.timeline = timeline;
    this.queue = new ServerQueue(calendar, timeline, options);
  }

  /** What the pool did up to `timeMs`. */
  finish(timeMs: number): PoolRun {
    this.timeline.advance(timeMs);
    return {
      name: this.name,
      kind: this.kind,
      units: this.servers,
      timeline: this.timeline.finish(),
      completed: this.queue.completed,
      rejected: this.queue.rejected,
      preemptions: 0,
      iterations: 0,
      computedTokens: 0,
      promptTokens: 0,
      hitTokens: 0,
      evictedBlocks: 0,
      draftTokens: 0,
      acceptedDrafts: 0,
      kvBlocksPerReplica: 0,
      blockTokens: 0,
      itlMs: new LogHistogram(),
    };
  }
}
