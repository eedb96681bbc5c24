/**
 * Recorded sessions of agents, in columns: sessions hold agents, agents hold calls, each end to end, so
 * the agents of session s are `firstAgent[s]` … `firstAgent[s + 1] − 1`. The first agent of a session is the
 * one that its human talks to; the others are its sub-agents, in order of their starts.
 */
export interface SessionTrace {
  readonly name: string;
  readonly sessionCount: number;
  readonly agentCount: number;
  readonly callCount: number;
  /** Per session, rising: its first call, since the first session's. */
  readonly startMs: Float64Array;
  /** Per session, and the number of agents behind the last. */
  readonly firstAgent: Int32Array;
  /** Per agent, and the number of calls behind the last. No agent is without calls. */
  readonly firstCall: Int32Array;
  /** Per agent: the call of the session's first agent whose end starts it; −1: it starts with the session. */
  readonly afterCall: Int32Array;
  /** Per call: the whole context that it sends. At least 1. */
  readonly promptTokens: Int32Array;
  /** At least 1. */
  readonly outputTokens: Int32Array;
  /**
   * Leading tokens of the prompt that an earlier call of the session had: the call before of the same agent, as a
   * rule; of an agent's first call, what it shares with another agent. At most the prompt.
   */
  readonly sharedTokens: Int32Array;
  /** Time from the end of the agent's call before to this one; of an agent's first call, since the agent was started. */
  readonly gapMs: Float64Array;
  /** 1: the call ends the agent's turn: what it writes is the answer, and the gap behind it is the human's. 0: it asks for tools. */
  readonly endsTurn: Uint8Array;
}
