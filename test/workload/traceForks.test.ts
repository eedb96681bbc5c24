import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RequestTrace } from '../../sim/workload/requestTrace.js';
import { planForks } from '../../sim/workload/traceForks.js';
import { measuredData } from '../measuredData.js';
import { hashedTrace } from './hashedTrace.js';
import { measuredTrace } from './measuredTrace.js';

/** The tokens two prompts share, by comparing their hashes one by one. */
function sharedTokens(trace: RequestTrace, a: number, b: number): number {
  const { ids, offsets, blockTokens } = trace.blockHashes!;
  const blocks = Math.min(offsets[a + 1]! - offsets[a]!, offsets[b + 1]! - offsets[b]!);
  let equal = 0;
  while (equal < blocks && ids[offsets[a]! + equal] === ids[offsets[b]! + equal]) equal++;
  return Math.min(equal * blockTokens, trace.promptTokens[a]!, trace.promptTokens[b]!);
}

describe('planForks', () => {
  test('a trace without hashes: every request is a root', () => {
    const plan = planForks({
      ...hashedTrace(4, [{ promptTokens: 9, hashes: [] }]),
      blockHashes: undefined,
    });
    expect(plan).toEqual({
      parent: Int32Array.of(-1),
      forkTokens: Int32Array.of(0),
      lastChild: Int32Array.of(-1),
      conflictingPrompts: 0,
    });
  });

  test('a conversation, a sibling and a stranger, worked out by hand', () => {
    const plan = planForks(
      hashedTrace(16, [
        { promptTokens: 40, hashes: [1, 2, 3] },
        // Next turn: two full blocks are the same, the third goes on otherwise.
        { promptTokens: 70, hashes: [1, 2, 4, 5, 6] },
        { promptTokens: 20, hashes: [7, 8] },
        // Regenerated: the same prompt to its last, partial block.
        { promptTokens: 70, hashes: [1, 2, 4, 5, 6] },
        // Shares only the system prompt, which the first request brought.
        { promptTokens: 33, hashes: [1, 9, 10] },
        { promptTokens: 80, hashes: [1, 2, 4, 5, 11] },
      ]),
    );
    expect([...plan.parent]).toEqual([-1, 0, -1, 1, 0, 1]);
    expect([...plan.forkTokens]).toEqual([0, 32, 0, 70, 16, 64]);
    expect([...plan.lastChild]).toEqual([4, 5, -1, -1, -1, -1]);
    expect(plan.conflictingPrompts).toBe(0);
  });

  test('two prompts share no more than the shorter has, and later ones fork from the longer', () => {
    const plan = planForks(
      hashedTrace(16, [
        { promptTokens: 20, hashes: [1, 2] },
        // The hash of the second block is the same, but the first prompt ends inside it.
        { promptTokens: 30, hashes: [1, 2] },
        { promptTokens: 50, hashes: [1, 2, 3, 4] },
        { promptTokens: 29, hashes: [1, 2] },
        { promptTokens: 18, hashes: [1, 2] },
        { promptTokens: 48, hashes: [1, 2, 3] },
      ]),
    );
    expect([...plan.parent]).toEqual([-1, 0, 1, 2, 2, 2]);
    expect([...plan.forkTokens]).toEqual([0, 20, 30, 29, 18, 48]);
  });

  test('a hash seen after two different blocks shares nothing there, and is counted', () => {
    const plan = planForks(
      hashedTrace(16, [
        { promptTokens: 48, hashes: [1, 2, 3] },
        { promptTokens: 64, hashes: [9, 2, 3, 4] },
        { promptTokens: 48, hashes: [9, 2, 3] },
        { promptTokens: 64, hashes: [1, 2, 3, 4] },
      ]),
    );
    expect([...plan.parent]).toEqual([-1, -1, 1, 0]);
    expect([...plan.forkTokens]).toEqual([0, 0, 16, 48]);
    expect(plan.conflictingPrompts).toBe(2);
  });

  test('finds what a comparison with every earlier request finds', () => {
    // Prompts as walks down a tree with two branches per block, so that many share a long prefix.
    const prompts = fc.array(
      fc.record({ turns: fc.array(fc.nat(1), { maxLength: 6 }), missing: fc.nat(3) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(prompts, (walks) => {
        const trace = hashedTrace(
          4,
          walks.map(({ turns, missing }) => {
            const hashes = turns.map((_, i) => nodeNumber(turns.slice(0, i + 1)));
            return { promptTokens: Math.max(1, 4 * turns.length - missing), hashes };
          }),
        );
        const plan = planForks(trace);
        expect(plan.conflictingPrompts).toBe(0);
        for (let request = 0; request < trace.count; request++) {
          let most = 0;
          for (let earlier = 0; earlier < request; earlier++)
            most = Math.max(most, sharedTokens(trace, request, earlier));
          expect(plan.forkTokens[request]).toBe(most);
          const parent = plan.parent[request]!;
          expect(parent).toBeLessThan(request);
          if (most > 0) expect(sharedTokens(trace, request, parent)).toBe(most);
          else expect(parent).toBe(-1);
          expect(plan.lastChild[request]).toBe(plan.parent.lastIndexOf(request));
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test('Mooncake: request by request what an infinite cache hits, as published with the data', (context) => {
    for (const name of ['mooncake_conversation', 'mooncake_synthetic']) {
      const trace = measuredTrace(context, name);
      const csv = readFileSync(measuredData(context, `workloads/${name}.csv.gz`));
      const rows = gunzipSync(csv).toString().trimEnd().split('\n').slice(1);
      const plan = planForks(trace);
      expect(rows.length).toBe(trace.count);
      expect([...plan.forkTokens]).toEqual(rows.map((row) => Number(row.split(',')[3])));
      expect(plan.conflictingPrompts).toBe(0);
    }
  });
});

/** A number for the node of a binary tree that these turns lead to. */
function nodeNumber(turns: readonly number[]): number {
  return turns.reduce((node, turn) => 2 * node + turn, 1);
}
