import { describe, expect, test } from 'vitest';
import { Outcome, queueReasons } from '../../sim/facts/requestTable.js';
import type { PipelineParameters } from '../../sim/hardware/pipelineParameters.js';
import type { RunResult } from '../../sim/run/runResult.js';
import { simulate } from '../../sim/run/simulate.js';
import { type FlatEngine, flatPool, handScenario, scripted } from './handScenario.js';

type Script = readonly (readonly [number, number, number])[];

function run(script: Script, engine: FlatEngine): RunResult {
  const pools = [flatPool('gpu', engine)];
  const populations = [scripted('a', script)];
  return simulate(handScenario({ populations, pools }), { seed: '1', replication: 0 });
}

/** The queue time of a request by reason, in seconds, without the reasons that took none. */
function waits({ requests }: RunResult, row: number): Record<string, number> {
  const parts = queueReasons.map((reason) => [reason, requests[`${reason}Ms`][row]! / 1000]);
  return Object.fromEntries(parts.filter(([, seconds]) => seconds !== 0));
}

describe('iterations of a second: a request waits', () => {
  const sync = { asyncScheduling: false };

  test('for the running iteration', () => {
    const result = run(
      [
        [0, 1, 3],
        [500, 1, 1],
      ],
      sync,
    );
    expect(waits(result, 1)).toEqual({ iteration: 0.5 });
    expect([...result.requests.scheduledMs]).toEqual([0, 1000]);
  });

  test('for nothing when it comes at the instant at which an iteration ends', () => {
    const result = run(
      [
        [0, 1, 3],
        [1000, 1, 1],
      ],
      sync,
    );
    expect(waits(result, 1)).toEqual({});
    expect([...result.requests.firstTokenMs]).toEqual([1000, 2000]);
  });

  test('asynchronously, for the start of its own batch as well', () => {
    const result = run(
      [
        [0, 1, 4],
        [500, 1, 1],
      ],
      {},
    );
    expect(waits(result, 1)).toEqual({ iteration: 1.5 });
    expect([...result.requests.scheduledMs]).toEqual([0, 1000]);
    expect([...result.requests.firstTokenMs]).toEqual([1000, 3000]);
  });

  test('for a slot, and the next one behind it', () => {
    const result = run(
      [
        [0, 1, 2],
        [0, 1, 3],
        [0, 1, 1],
      ],
      { ...sync, maxSequences: 1 },
    );
    expect([...result.requests.scheduledMs]).toEqual([0, 2000, 5000]);
    expect(waits(result, 1)).toEqual({ slots: 2 });
    expect(waits(result, 2)).toEqual({ headOfLine: 2, slots: 3 });
  });

  test('for KV blocks: two, of which the first holds one from the start and both from its second token', () => {
    const result = run(
      [
        [0, 16, 3],
        [0, 32, 0 + 1],
      ],
      { ...sync, kvBlocks: 3 },
    );
    expect([...result.requests.scheduledMs]).toEqual([0, 0]);
    const tight = run(
      [
        [0, 16, 3],
        [0, 31, 1],
      ],
      { ...sync, kvBlocks: 2 },
    );
    expect([...tight.requests.scheduledMs]).toEqual([0, 3000]);
    expect(waits(tight, 1)).toEqual({ kvBlocks: 3 });
  });

  test('for the token budget that a longer prompt uses up in three iterations', () => {
    const result = run(
      [
        [0, 40, 1],
        [0, 8, 1],
      ],
      { ...sync, maxBatchTokens: 16 },
    );
    // Chunks of 16, 16 and 8: the third leaves 8 tokens.
    expect([...result.requests.scheduledMs]).toEqual([0, 2000]);
    expect(waits(result, 1)).toEqual({ tokenBudget: 2 });
  });
});

describe('gaps between tokens', () => {
  /** 10 ms an iteration, and 1 ms more per prompt token in it. */
  function withPrefill(engine: FlatEngine, script: Script): RunResult {
    const pool = flatPool('gpu', { iterationMs: 10, maxBatchTokens: 1000, ...engine });
    const { accelerator } = pool.deployment;
    const byModel = { tiny: { layerMs: 10, prefillTokensPerSec: 1000 } };
    const cost: PipelineParameters = { ...(accelerator.cost as PipelineParameters), byModel };
    const deployment = { ...pool.deployment, accelerator: { ...accelerator, cost } };
    const scenario = handScenario({
      populations: [scripted('a', script)],
      pools: [{ ...pool, deployment }],
    });
    return simulate(scenario, { seed: '1', replication: 0 });
  }

  const gapsOf = ({ pools }: RunResult) => {
    const { count, mean, min, max } = pools[0]!.itlMs;
    return { count, mean, min, max };
  };

  test('a prompt of 50 tokens stretches one gap of the request beside it to 60 ms', () => {
    const result = withPrefill({ asyncScheduling: false }, [
      [0, 100, 4],
      [115, 50, 1],
    ]);
    // Tokens of the first at 110, 120, 180 and 190; the second's only one at 180.
    expect([...result.requests.firstTokenMs]).toEqual([110, 180]);
    expect([...result.requests.finishMs]).toEqual([190, 180]);
    expect(gapsOf(result)).toEqual({ count: 3, mean: (10 + 60 + 10) / 3, min: 10, max: 60 });
  });

  test('asynchronously it comes an iteration later', () => {
    const result = withPrefill({}, [
      [0, 100, 4],
      [115, 50, 1],
    ]);
    // At 120 the batch of 120 to 130 is formed already: tokens at 110, 120, 130 and 190.
    expect([...result.requests.firstTokenMs]).toEqual([110, 190]);
    expect([...result.requests.finishMs]).toEqual([190, 190]);
    expect(gapsOf(result)).toEqual({ count: 3, mean: (10 + 10 + 60) / 3, min: 10, max: 60 });
  });

  test('two requests side by side have a gap each per iteration', () => {
    const result = withPrefill({ asyncScheduling: false }, [
      [0, 5, 11],
      [0, 5, 6],
    ]);
    expect(gapsOf(result)).toEqual({ count: 15, mean: 10, min: 10, max: 10 });
    expect(result.pools[0]).toMatchObject({ iterations: 11, computedTokens: 10 + 15 });
  });

  test('a preempted request has one long gap', () => {
    // Two blocks of 16: both prompts take one, and at token 17 only the first gets another.
    const result = run(
      [
        [0, 15, 4],
        [0, 15, 4],
      ],
      {
        asyncScheduling: false,
        kvBlocks: 2,
        prefixCache: false,
      },
    );
    // Tokens of the first at 1, 2, 3, 4 s. The second has those of 1 and 2 s, computes its 17 tokens again
    // from 4 to 5 s, and its last at 6 s.
    expect([...result.requests.finishMs]).toEqual([4000, 6000]);
    expect([...result.requests.preemptions]).toEqual([0, 1]);
    const { count, mean, max } = result.pools[0]!.itlMs;
    expect({ count, mean, max }).toEqual({ count: 6, mean: (1000 * 5 + 3000) / 6, max: 3000 });
    expect(result.pools[0]!.preemptions).toBe(1);
  });
});

describe('changes that follow from what is known', () => {
  const pools = [flatPool('gpu', {})];
  const runUntil = (script: Script, horizonMs: number) =>
    simulate(
      handScenario({ populations: [scripted('a', script)], pools, horizonMs, drain: false }),
      {
        seed: '1',
        replication: 0,
      },
    );

  test('have no event: one comes for each request, each prompt and each last token', () => {
    const script: Script = [
      [0, 1, 30],
      [5500, 1, 10],
    ];
    const { events } = runUntil(script, 60_000);
    // Of two requests: the second prompt is formed while the first answer is given.
    expect(events).toBe(6);
  });

  test('count at the horizon though nobody has looked since', () => {
    // The last token is scheduled at 9 s and comes at 10 s: nine gaps of a second are known by then.
    expect(runUntil([[0, 1, 10]], 9500).pools[0]!.itlMs.count).toBe(9);
    expect(runUntil([[0, 1, 10]], 8500).pools[0]!.itlMs.count).toBe(0);
  });
});

test('where nobody may wait, who comes while nobody waits for a batch is let in', () => {
  const pools = [{ ...flatPool('gpu', { asyncScheduling: false }), maxWaiting: 0 }];
  const script: Script = [
    [0, 1, 3],
    [0, 1, 1],
    [500, 1, 1],
    [600, 1, 1],
    [5000, 1, 1],
  ];
  const { requests } = simulate(handScenario({ populations: [scripted('a', script)], pools }), {
    seed: '1',
    replication: 0,
  });
  // The second and the fourth find one waiting: for the first batch, and for the next.
  const { completed, rejected } = Outcome;
  expect([...requests.outcome]).toEqual([completed, rejected, completed, rejected, completed]);
});
