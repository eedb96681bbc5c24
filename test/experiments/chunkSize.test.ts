import { describe, expect, test } from 'vitest';
import { change, clientTtftMs, type Measure, runsOf } from './pairedRuns.js';

/** Prompts of some thousands of tokens and answers beside them, on one accelerator. */
const chunked = (maxBatchTokens: number) => `
inflow: 1
name: chunks
horizon: 60s
drain: true
warmup: 0s
models: { chat: llama-3.1-8b }
populations:
  readers:
    interactive: true
    workload:
      request: { model: chat, prompt: { p50: 6k tokens, p90: 16k tokens, max: 30k tokens }, output: { p50: 150 tokens, p90: 400 tokens, max: 1000 tokens } }
    arrivals: { rate: 2/s }
fleet:
  gpu: { serves: chat, hardware: h100-sxm, engine: { maxSequences: 256, maxBatchTokens: ${maxBatchTokens} } }
`;

const itlP99Ms: Measure = ({ pools }) => pools[0]!.itlMs!.quantile(0.99);
const iterations: Measure = ({ pools }) => pools[0]!.iterations;

describe('tokens of a batch, ten paired replications', () => {
  const small = runsOf(chunked(512));
  const usual = runsOf(chunked(2048));
  const large = runsOf(chunked(8192));

  test('larger chunks: the first token comes earlier, the others wait longer for the prompts beside them', () => {
    for (const [before, after] of [
      [small, usual],
      [usual, large],
    ] as const) {
      expect(change(before, after, clientTtftMs).high).toBeLessThan(0);
      expect(change(before, after, itlP99Ms).low).toBeGreaterThan(0);
    }
  });

  test('a gap beside a full batch of four times the tokens is more than twice as long, and there are fewer batches', () => {
    const gap = (runs: typeof small) => runs.map(itlP99Ms).reduce((a, b) => a + b) / runs.length;
    expect(gap(usual) / gap(small)).toBeGreaterThan(2);
    expect(gap(usual) / gap(small)).toBeLessThan(4);
    expect(change(small, usual, iterations).high).toBeLessThan(0);
  });
});
