import type { SessionTrace } from '../../sim/agents/sessionTrace.js';
import { timeGridFor } from '../../sim/kernel/timeGrid.js';
import { sessionColumns } from './sessionColumns.js';
import { traceLimits } from './traceLimits.js';
import type { TraceMistakes } from './traceMistakes.js';

/** An agent that rows were read of, with its calls in their order. */
export interface SessionAgent {
  readonly calls: RecordedCall[];
  /** Of its last row: −1 before there is one. */
  lastTurn: number;
  lastMs: number;
}

/** What one row says of a call. */
export interface RecordedCall {
  readonly timeMs: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly sharedTokens: number;
  /** How long the recorded call took, and the time since the one before had ended; NaN: not recorded. */
  readonly durationMs: number;
  readonly gapMs: number;
  /** Undefined: not recorded. */
  readonly endsTurn: boolean | undefined;
}

/** Collects the calls of a session trace by session and agent, and puts them in order at the end. */
export class SessionTraceBuilder {
  count = 0;
  readonly maxCount = traceLimits.maxSessionCalls;
  private readonly sessions = new Map<string, Map<string, SessionAgent>>();
  private agents = 0;

  /** The agent with this name; undefined when it is one too many. */
  agent(sessionName: string, name: string): SessionAgent | undefined {
    let session = this.sessions.get(sessionName);
    if (session === undefined) {
      session = new Map();
      this.sessions.set(sessionName, session);
    }
    let agent = session.get(name);
    if (agent === undefined) {
      if (this.agents === traceLimits.maxAgents) return undefined;
      this.agents++;
      agent = { calls: [], lastTurn: -1, lastMs: 0 };
      session.set(name, agent);
    }
    return agent;
  }

  addCall(agent: SessionAgent, call: RecordedCall): void {
    agent.calls.push(call);
    this.count++;
  }

  /** The finished trace; `undefined` with a mistake noted when it cannot be played. */
  finish(name: string, mistakes: TraceMistakes): SessionTrace | undefined {
    if (this.count === 0) {
      mistakes.ofFile('E_EMPTY', 'the trace holds no calls');
      return undefined;
    }
    const sessions = [...this.sessions.values()]
      .map((agents) => [...agents.values()].map(({ calls }) => calls).sort(byStart))
      .sort((a, b) => byStart(a[0]!, b[0]!));
    const spanMs = spanOf(sessions.flat());
    if (timeGridFor(spanMs) === undefined) {
      const days = Math.round(spanMs / 86_400_000);
      mistakes.ofFile('E_RANGE', `the trace spans ${days} days; at most 74 can be simulated`);
      return undefined;
    }
    return sessionColumns(name, sessions, mistakes);
  }
}

/** Agents, and sessions, that start together keep the order of their first rows. */
function byStart(a: readonly RecordedCall[], b: readonly RecordedCall[]): number {
  return a[0]!.timeMs - b[0]!.timeMs;
}

function spanOf(agents: readonly (readonly RecordedCall[])[]): number {
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = 0;
  for (const calls of agents) {
    firstMs = Math.min(firstMs, calls[0]!.timeMs);
    for (const { timeMs, durationMs, gapMs } of calls) {
      // A gap or a call that lasts longer than the clock runs is no better than a late one.
      lastMs = Math.max(lastMs, timeMs + (durationMs || 0), firstMs + (gapMs || 0));
    }
  }
  return lastMs - firstMs;
}
