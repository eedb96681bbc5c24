import type { TokenStreams } from '../engine/tokenStreams.js';
import type { Placement } from '../fleet/placement.js';
import type { EventCalendar } from '../kernel/calendar.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { AgentResource } from './agentResource.js';

/** One LLM call of a session, on its way through the fleet. */
export interface AgentCall {
  readonly population: number;
  /** Names its draws. */
  readonly key: DrawKey;
  readonly place: Placement;
  /** Token stream of the context. */
  readonly stream: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Session number: calls of one session have the same. */
  readonly affinityKey: number;
  /** Of its step, where that says so instead of the population. */
  readonly priority?: number | undefined;
  readonly deadlineMs?: number | undefined;
  /** Prompt tokens computed and output tokens of the calls of its task that have been answered. */
  readonly attainedTokens: number;
  /** Expected time from its end to the next call of its context; NaN or undefined: none is known to follow after a gap. */
  readonly gapMs?: number;
  /** The call has ended; times are as the client sees them. The result is read at once: it is used again. */
  onEnd(result: CallResult, timeMs: number): void;
}

export interface CallResult {
  readonly isAnswered: boolean;
  readonly firstTokenMs: number;
  /** Prompt tokens computed for it and its output tokens. */
  readonly servedTokens: number;
}

/** Handle of a call that is under way. */
export type CallHandle = number;

/** What sessions need of the world around them. */
export interface AgentWorld {
  readonly calendar: EventCalendar;
  readonly grid: TimeGrid;
  readonly streams: TokenStreams;
  /** Sends a call. It may end at once, before this returns. */
  send(call: AgentCall, timeMs: number): CallHandle;
  /** Nobody waits for the call any more: its queue place, slot and blocks are given back. `onEnd` is not called. */
  cancel(call: CallHandle, timeMs: number): void;
  /** The resource with this name; the config layer has checked that it exists. */
  resource(name: string): AgentResource;
  /** Stream that holds the shared prefix with this id. */
  prefixStream(id: string): number;
}
