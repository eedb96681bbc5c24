import type { SessionReplayPopulation } from '../../sim/agents/sessionReplayPopulation.js';
import type { SessionTrace } from '../../sim/agents/sessionTrace.js';
import type { AgentsRun, RunResult } from '../../sim/run/runResult.js';
import type { EnginePoolSpec, Scenario } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { handScenario } from '../run/handScenario.js';

/** A call of a session made by hand; `ends`: it ends the turn. */
export interface HandCall {
  readonly gapMs?: number;
  readonly prompt: number;
  readonly output: number;
  readonly shared?: number;
  readonly ends?: boolean;
}

/** An agent made by hand; `after`: the call of the first agent whose end starts it, from 0. */
export interface HandAgent {
  readonly after?: number;
  readonly calls: readonly HandCall[];
}

/** A trace of sessions that all start at 0, or when they say. */
export function sessionsOf(
  sessions: readonly { readonly startMs?: number; readonly agents: readonly HandAgent[] }[],
): SessionTrace {
  const agents = sessions.flatMap((session) => session.agents);
  const calls = agents.flatMap((agent) => agent.calls);
  const firstAgent = offsets(sessions.map((session) => session.agents.length));
  const firstCall = offsets(agents.map((agent) => agent.calls.length));
  return {
    name: 'by-hand',
    sessionCount: sessions.length,
    agentCount: agents.length,
    callCount: calls.length,
    startMs: Float64Array.from(sessions, ({ startMs }) => startMs ?? 0),
    firstAgent,
    firstCall,
    afterCall: Int32Array.from(
      sessions.flatMap((session, index) =>
        session.agents.map(({ after }) =>
          after === undefined ? -1 : firstCall[firstAgent[index]!]! + after,
        ),
      ),
    ),
    promptTokens: Int32Array.from(calls, ({ prompt }) => prompt),
    outputTokens: Int32Array.from(calls, ({ output }) => output),
    sharedTokens: Int32Array.from(calls, ({ shared }) => shared ?? 0),
    gapMs: Float64Array.from(calls, ({ gapMs }) => gapMs ?? 0),
    endsTurn: Uint8Array.from(calls, ({ ends }) => (ends ? 1 : 0)),
  };
}

/** Plays a trace once on these pools, for the role `chat`. */
export function replay(
  trace: SessionTrace,
  pools: readonly EnginePoolSpec[],
  changes: Partial<SessionReplayPopulation> = {},
  scenarioChanges: Partial<Scenario> = {},
): RunResult & { readonly agents: AgentsRun } {
  const population: SessionReplayPopulation = {
    kind: 'sessionReplay',
    name: 'coders',
    role: 'chat',
    interactive: true,
    trace,
    starts: { kind: 'recorded', rateFactor: 1, copies: 1 },
    sharedPrefixTokens: 0,
    readingTokensPerMs: 0.005,
    networkMs: { kind: 'constant', value: 0 },
    ...changes,
  };
  const scenario = handScenario({
    horizonMs: 1_000_000,
    populations: [],
    pools,
    agents: { populations: [population], resources: [], prehistory: undefined },
    ...scenarioChanges,
  });
  const result = simulate(scenario, { seed: '1', replication: 0 });
  return { ...result, agents: result.agents! };
}

function offsets(counts: readonly number[]): Int32Array {
  const result = new Int32Array(counts.length + 1);
  for (const [index, count] of counts.entries()) result[index + 1] = result[index]! + count;
  return result;
}
