import { ElderCalls } from './elderCalls.js';
import type { SessionTrace } from './sessionTrace.js';

/** Where the context of each call of a session trace comes from. */
export interface SessionForks {
  /** The earlier call of the session that the context begins like; −1: like none. Comes before the call in the trace. */
  readonly parent: Int32Array;
  /** Tokens shared with it. */
  readonly forkTokens: Int32Array;
  /** Calls recorded with more shared tokens than any such call had; what is too much counts as new. */
  readonly cutShares: number;
}

/**
 * Works out which call each one goes on from. The recording says how much is shared, not with whom: it is
 * the agent's latest earlier call that was long enough (a person may go back to an older context). An
 * agent's first call can only begin like the first call of another agent: of the one that started last
 * before it and was long enough, so sub-agents share with sub-agents first.
 */
export function planSessionForks(trace: SessionTrace): SessionForks {
  const { firstCall, firstAgent, promptTokens, outputTokens, sharedTokens } = trace;
  const parent = new Int32Array(trace.callCount).fill(-1);
  const forkTokens = new Int32Array(trace.callCount);
  let cutShares = 0;
  const plan = (call: number, elders: ElderCalls) => {
    const shared = sharedTokens[call]!;
    const elder = elders.latestWith(shared);
    const tokens = Math.min(shared, elder?.tokens ?? 0);
    if (tokens < shared) cutShares++;
    if (elder === undefined || tokens === 0) return;
    parent[call] = elder.call;
    forkTokens[call] = tokens;
  };
  for (let session = 0; session < trace.sessionCount; session++) {
    const firstCalls = new ElderCalls();
    for (let agent = firstAgent[session]!; agent < firstAgent[session + 1]!; agent++) {
      const ownCalls = new ElderCalls();
      const first = firstCall[agent]!;
      for (let call = first; call < firstCall[agent + 1]!; call++) {
        plan(call, call === first ? firstCalls : ownCalls);
        ownCalls.add(call, promptTokens[call]! + outputTokens[call]!);
      }
      // Its answer stands behind what others can begin with.
      firstCalls.add(first, promptTokens[first]!);
    }
  }
  return { parent, forkTokens, cutShares };
}
