import { planSessionForks } from '../../sim/agents/sessionForks.js';
import type { SessionTrace } from '../../sim/agents/sessionTrace.js';
import type { RecordedCall } from './sessionTraceBuilder.js';
import type { TraceMistakes } from './traceMistakes.js';

type Calls = readonly RecordedCall[];

/** What the recording left open, and how often. */
interface Unknowns {
  outputs: number;
  prompts: number;
  gaps: number;
  stops: number;
}

/** Puts sessions into columns: sessions and the agents of each in order of their starts. Warns of what had to be supplied. */
export function sessionColumns(
  name: string,
  sessions: readonly (readonly Calls[])[],
  mistakes: TraceMistakes,
): SessionTrace {
  const agentCount = sessions.reduce((sum, agents) => sum + agents.length, 0);
  const callCount = sessions.reduce(
    (sum, agents) => sum + agents.reduce((calls, agent) => calls + agent.length, 0),
    0,
  );
  const trace: SessionTrace = {
    name,
    sessionCount: sessions.length,
    agentCount,
    callCount,
    startMs: new Float64Array(sessions.length),
    firstAgent: new Int32Array(sessions.length + 1),
    firstCall: new Int32Array(agentCount + 1),
    afterCall: new Int32Array(agentCount).fill(-1),
    promptTokens: new Int32Array(callCount),
    outputTokens: new Int32Array(callCount),
    sharedTokens: new Int32Array(callCount),
    gapMs: new Float64Array(callCount),
    endsTurn: new Uint8Array(callCount),
  };
  const unknowns: Unknowns = { outputs: 0, prompts: 0, gaps: 0, stops: 0 };
  const traceStartMs = sessions[0]![0]![0]!.timeMs;
  let agent = 0;
  let call = 0;
  for (const [session, agents] of sessions.entries()) {
    trace.startMs[session] = agents[0]![0]!.timeMs - traceStartMs;
    const anchors = anchorsOf(agents);
    const firstCall = call;
    for (const [place, calls] of agents.entries()) {
      const { after, gapMs } = anchors[place]!;
      trace.afterCall[agent] = after < 0 ? -1 : firstCall + after;
      putCalls(trace, calls, call, gapMs, unknowns);
      call += calls.length;
      trace.firstCall[++agent] = call;
    }
    trace.firstAgent[session + 1] = agent;
  }
  warn(unknowns, planSessionForks(trace).cutShares, mistakes);
  return trace;
}

function putCalls(
  trace: SessionTrace,
  calls: Calls,
  first: number,
  firstGapMs: number,
  unknowns: Unknowns,
): void {
  for (const [index, call] of calls.entries()) {
    const row = first + index;
    if (call.promptTokens === 0) unknowns.prompts++;
    if (call.outputTokens === 0) unknowns.outputs++;
    if (call.endsTurn === undefined) unknowns.stops++;
    // An engine computes at least one token and emits at least one.
    trace.promptTokens[row] = Math.max(1, call.promptTokens);
    trace.outputTokens[row] = Math.max(1, call.outputTokens);
    trace.sharedTokens[row] = call.sharedTokens;
    trace.endsTurn[row] = call.endsTurn === true ? 1 : 0;
    trace.gapMs[row] = index === 0 ? firstGapMs : gapBefore(calls, index, unknowns);
  }
}

function gapBefore(calls: Calls, index: number, unknowns: Unknowns): number {
  const { gapMs, timeMs } = calls[index]!;
  if (gapMs >= 0) return gapMs;
  const before = calls[index - 1]!;
  if (Number.isNaN(before.durationMs)) unknowns.gaps++;
  return Math.max(0, timeMs - before.timeMs - (before.durationMs || 0));
}

/** What starts each agent of a session: the last call of its first agent that had ended by then, and the time since. */
function anchorsOf(agents: readonly Calls[]): { after: number; gapMs: number }[] {
  const main = agents[0]!;
  const sessionStartMs = main[0]!.timeMs;
  let after = -1;
  let endMs = sessionStartMs;
  return agents.map((calls, place) => {
    if (place === 0) return { after: -1, gapMs: 0 };
    const startMs = calls[0]!.timeMs;
    for (let next = after + 1; next < main.length; next++) {
      const nextEndMs = Math.max(endMs, endOf(main, next));
      if (nextEndMs > startMs) break;
      after = next;
      endMs = nextEndMs;
    }
    return { after, gapMs: startMs - endMs };
  });
}

/** When a call ended, as well as the recording tells. */
function endOf(calls: Calls, index: number): number {
  const { timeMs, durationMs } = calls[index]!;
  if (durationMs >= 0) return timeMs + durationMs;
  const next = calls[index + 1];
  return next !== undefined && next.gapMs >= 0
    ? Math.max(timeMs, next.timeMs - next.gapMs)
    : timeMs;
}

function warn(unknowns: Unknowns, cutShares: number, mistakes: TraceMistakes): void {
  const { prompts, outputs, gaps, stops } = unknowns;
  const note = (code: string, count: number, what: string) => {
    if (count > 0) mistakes.warn(0, code, `${what}: ${count}`);
  };
  note('W_ZERO', prompts, 'calls without input tokens count as 1 token');
  note('W_ZERO', outputs, 'calls without output tokens count as 1 token');
  note(
    'W_GAP',
    gaps,
    'gaps that hold the call before them, because neither they nor its end are recorded',
  );
  note('W_STOP', stops, 'calls that do not say why they stopped count as asking for tools');
  note(
    'W_SHARED',
    cutShares,
    'calls that share more tokens than any earlier call had; the rest counts as new',
  );
}
