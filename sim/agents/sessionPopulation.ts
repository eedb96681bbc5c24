import type { Law } from '../laws/law.js';
import type { ArrivalProcess } from '../workload/arrivalProcess.js';
import type { SessionWorkload } from './sessionWorkload.js';

/** People, or programs, of one kind who hold sessions. */
export interface SessionPopulation {
  readonly kind: 'sessions';
  readonly name: string;
  readonly workload: SessionWorkload;
  readonly members: ClosedMembers | OpenMembers;
  /** One-way delay between client and gateway, each way, drawn per call. */
  readonly networkMs: Law;
  /** Class of its calls, 0 the most urgent; absent: 0. For engines that admit by `priority`. */
  readonly priority?: number;
  /** Of each call, from its arrival at the router; absent: none. For engines that admit by `deadline`. */
  readonly deadlineMs?: number;
}

/** A fixed number of humans; each starts a new session when one has ended. */
export interface ClosedMembers {
  readonly kind: 'closed';
  readonly users: number;
  /** Sessions that each human runs at once. */
  readonly sessionsPerHuman: number;
  /** Time to turn from one of them to another. */
  readonly switchMs: number;
  /** Between the end of a session and the start of the next. */
  readonly offTimeMs: Law;
}

/** Sessions that arrive; each has a human of its own. */
export interface OpenMembers {
  readonly kind: 'open';
  readonly arrivals: ArrivalProcess;
}

/**
 * How sessions are brought into mid-life before time 0: their tools, humans and resources run for real,
 * while each LLM call takes a nominal time. At time 0 their contexts are put into the caches.
 */
export interface Prehistory {
  /** How long before time 0 it begins; 0: sessions start at 0. Closed users come in over its first quarter. */
  readonly durationMs: number;
  /** What the first token of a call takes then, and each further one, whatever its length and the load; at least 0. */
  readonly ttftMs: number;
  readonly tpotMs: number;
}
