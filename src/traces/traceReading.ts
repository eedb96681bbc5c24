import type { SessionTrace } from '../../sim/agents/sessionTrace.js';
import type { RequestTrace } from '../../sim/workload/requestTrace.js';
import type { Mistake } from '../mistakes/mistakes.js';

/** File formats of traces, described in docs/traces.md; `auto` tells them apart by the first line. */
export const traceFormats = ['auto', 'inflow', 'azure', 'mooncake', 'sessions'] as const;
export type TraceFormat = (typeof traceFormats)[number];

/** What came of reading a trace file: the trace with warnings, or every mistake found (up to 20) and the exit code they deserve. */
export type TraceReading<Trace = RequestTrace> =
  | { readonly ok: true; readonly trace: Trace; readonly warnings: readonly Mistake[] }
  /** 2: the content is malformed. 4: the file is absent or cannot be read. */
  | { readonly ok: false; readonly exitCode: 2 | 4; readonly mistakes: readonly Mistake[] };

/** What a trace file may hold: single requests, or whole sessions of agents. */
export type RecordedTrace =
  | { readonly kind: 'requests'; readonly requests: RequestTrace }
  | { readonly kind: 'sessions'; readonly sessions: SessionTrace };
