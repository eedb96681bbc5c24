import { describe, expect, test } from 'vitest';
import { Outcome } from '../../sim/facts/requestTable.js';
import { engineValues } from '../../sim/metrics/poolValues.js';
import type { RunResult } from '../../sim/run/runResult.js';
import type { Speculation } from '../../sim/run/scenario.js';
import { simulate } from '../../sim/run/simulate.js';
import { type FlatEngine, flatPool, handScenario, scripted } from './handScenario.js';

const speculation: Speculation = {
  draftTokens: 3,
  acceptedShares: [0.8, 0.6, 0.4],
  draftMs: 0,
  draftShare: 0,
};

type Script = Parameters<typeof scripted>[1];

function run(script: Script, engine: FlatEngine): RunResult {
  const pools = [flatPool('gpu', { speculation, ...engine })];
  const scenario = handScenario({ populations: [scripted('a', script)], pools });
  return simulate(scenario, { seed: '1', replication: 0 });
}

test('drafts go beyond the output: 60 tokens, one more and 3 drafts fit in 64, another does not', () => {
  const { requests } = run(
    [
      [0, 50, 11],
      [0, 50, 12],
    ],
    { kvBlocks: 4 },
  );
  expect([...requests.outcome]).toEqual([Outcome.completed, Outcome.neverFits]);
});

describe('fifty requests of 401 tokens of output', () => {
  const script = Array.from({ length: 50 }, (_, i) => [i * 10, 5, 401] as const);

  test('get 1 + 0.8 + 0.6 + 0.4 tokens an iteration, and the pool says so', () => {
    const { pools } = run(script, { iterationMs: 10, kvBlocks: 10_000 });
    const pool = pools[0]!;
    const spec = flatPool('gpu', { speculation });
    const window = { fromMs: 0, toMs: 1000 };
    const values = engineValues(pool, spec, window, 406);
    // 20,000 tokens in about 7,100 bursts; the shares of the drafts are within five standard deviations of theirs.
    expect(Math.abs(values.tokensPerIteration! - 2.8)).toBeLessThan(0.08);
    expect(values.acceptance).toBeCloseTo((values.tokensPerIteration! - 1) / 3, 12);
    const plain = flatPool('gpu');
    expect(engineValues(pool, plain, window, 406)).not.toHaveProperty('acceptance');
  });

  test('are given the same tokens together by a machine that is three times as slow', () => {
    const fast = run(script, { iterationMs: 10, kvBlocks: 10_000, maxSequences: 4 }).pools[0]!;
    const slow = run(script, { iterationMs: 30, kvBlocks: 180 }).pools[0]!;
    expect(slow.preemptions).toBeGreaterThan(0);
    // A preempted sequence gets its next token with its prompt, which costs a burst; the draws stay in their order.
    const perBurst = (pool: typeof fast) => pool.acceptedDrafts / pool.draftTokens;
    expect(perBurst(slow)).toBeCloseTo(perBurst(fast), 2);
    const unpreempted = run(script, { iterationMs: 30, kvBlocks: 180_000 }).pools[0]!;
    expect([unpreempted.acceptedDrafts, unpreempted.draftTokens]).toEqual([
      fast.acceptedDrafts,
      fast.draftTokens,
    ]);
  });
});
