import { describe, expect, type TestContext, test } from 'vitest';
import type { SessionTrace } from '../../sim/agents/sessionTrace.js';
import type { RouterPolicy } from '../../sim/fleet/routerSpec.js';
import { readAnyTrace } from '../../src/traces/readAnyTrace.js';
import { measuredData } from '../measuredData.js';
import { flatPool } from '../run/handScenario.js';
import { replay } from './handSessions.js';

const tenDaysMs = 10 * 86_400_000;

function measuredSessions(context: Pick<TestContext, 'skip'>): SessionTrace {
  const file = measuredData(context, 'workloads/claude_code_agentic_requests.csv.gz');
  const reading = readAnyTrace(file);
  if (!reading.ok || reading.trace.kind !== 'sessions') throw new Error(JSON.stringify(reading));
  return reading.trace.sessions;
}

function sum(column: Int32Array | Uint8Array): number {
  let total = 0;
  for (const value of column) total += value;
  return total;
}

/** Share of prompt tokens that are hit, on replicas so fast that no call waits for another. */
function hitShare(
  trace: SessionTrace,
  kvBlocks: number,
  replicas = 1,
  policy: RouterPolicy = 'least-requests',
): number {
  const pool = flatPool(
    'gpu',
    { iterationMs: 0.001, kvBlocks, maxBatchTokens: 1_000_000, maxSequences: 400 },
    { replicas, router: { policy, slack: Number.POSITIVE_INFINITY } },
  );
  const run = replay(trace, [pool], {}, { horizonMs: tenDaysMs });
  expect(run.ending).toBe('drained');
  expect(run.requests.count).toBe(trace.callCount);
  return run.pools[0]!.hitTokens / run.pools[0]!.promptTokens;
}

describe('the recorded coding-agent sessions', () => {
  test('have the known numbers', (context) => {
    const trace = measuredSessions(context);
    expect([trace.sessionCount, trace.agentCount, trace.callCount]).toEqual([337, 368, 22_577]);
    expect(sum(trace.endsTurn)).toBe(1316);
    expect(sum(trace.outputTokens)).toBe(9_982_135 + 19);
    // All 31 sub-agents start after a call of their parent.
    expect(trace.afterCall.filter((call) => call >= 0).length).toBe(31);
  });

  test('hit what their file says with a cache that never fills', (context) => {
    const trace = measuredSessions(context);
    const recorded = sum(trace.sharedTokens) / sum(trace.promptTokens);
    expect(Math.abs(recorded - 0.96)).toBeLessThan(0.01);
    // Shared tokens were recorded in whole blocks of 64, and all of those are hit.
    expect(hitShare(trace, 1e8)).toBeCloseTo(recorded, 9);
  });

  test('hit less the smaller the cache is', (context) => {
    const trace = measuredSessions(context);
    const shares = [1e8, 1_000_000, 250_000, 60_000].map((blocks) => hitShare(trace, blocks));
    for (let i = 1; i < shares.length; i++) expect(shares[i]!).toBeLessThan(shares[i - 1]! - 0.05);
  });

  test('hit less on eight replicas that take turns, and as much where the router knows the caches', (context) => {
    const trace = measuredSessions(context);
    const whole = hitShare(trace, 1e8);
    expect(hitShare(trace, 1e8, 8, 'prefix-aware')).toBeCloseTo(whole, 9);
    expect(hitShare(trace, 1e8, 8, 'session-affinity')).toBeCloseTo(whole, 9);
    expect(hitShare(trace, 1e8, 8, 'round-robin')).toBeLessThan(whole - 0.1);
  });

  test('yield a turn per recorded answer, and one more where a recording ends without', (context) => {
    const trace = measuredSessions(context);
    const pool = flatPool('gpu', { iterationMs: 0.001, kvBlocks: 1e8, maxBatchTokens: 1_000_000 });
    const { turns, sessions } = replay(trace, [pool], {}, { horizonMs: tenDaysMs }).agents;
    let answers = 0;
    let unfinished = 0;
    for (let session = 0; session < trace.sessionCount; session++) {
      const main = trace.firstAgent[session]!;
      const calls = trace.endsTurn.subarray(trace.firstCall[main], trace.firstCall[main + 1]);
      answers += calls.reduce((total, ends) => total + ends, 0);
      if (calls[calls.length - 1] === 0) unfinished++;
    }
    expect([answers, unfinished]).toEqual([1286, 183]);
    expect(turns.count).toBe(answers + unfinished);
    expect(sum(sessions.turns)).toBe(turns.count);
    expect(sum(sessions.calls)).toBe(trace.callCount);
  });
});
