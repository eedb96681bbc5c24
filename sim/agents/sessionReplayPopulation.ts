import type { Law } from '../laws/law.js';
import type { ArrivalProcess } from '../workload/arrivalProcess.js';
import type { SessionTrace } from './sessionTrace.js';

/** People whose sessions were recorded, and are played again. */
export interface SessionReplayPopulation {
  readonly kind: 'sessionReplay';
  readonly name: string;
  /** Model role that the calls ask for. */
  readonly role: string;
  /** A human waits for the answers. */
  readonly interactive: boolean;
  readonly trace: SessionTrace;
  readonly starts: RecordedStarts | ArrivingStarts;
  /** Tokens that the contexts of all sessions begin with (a system prompt): a trace does not record them. 0: none. */
  readonly sharedPrefixTokens: number;
  /** How fast the human reads, in tokens per ms. */
  readonly readingTokensPerMs: number;
  /** One-way delay between client and gateway, each way, drawn per call. */
  readonly networkMs: Law;
  /** Class of its calls, 0 the most urgent; absent: 0. For engines that admit by `priority`. */
  readonly priority?: number;
  /** Of each call, from its arrival at the router; absent: none. For engines that admit by `deadline`. */
  readonly deadlineMs?: number;
}

/** Sessions start when they were recorded. */
export interface RecordedStarts {
  readonly kind: 'recorded';
  /** They start this many times as fast as recorded; gaps inside a session stay what they were. */
  readonly rateFactor: number;
  /** The trace is played this many times, one after the other; copies share nothing but the shared prefix. */
  readonly copies: number;
}

/** Sessions start by a process: those of the trace in its order, and again from the first, as copies. */
export interface ArrivingStarts {
  readonly kind: 'arrivals';
  readonly process: ArrivalProcess;
}
