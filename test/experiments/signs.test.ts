import { describe, expect, test } from 'vitest';
import {
  attentionLoss,
  change,
  clientTtftMs,
  flowFraction,
  meanOfTurns,
  running,
  runsOf,
  utilisation,
} from './pairedRuns.js';

/** Developers with short contexts on an 8B model; parts of the text are replaced test by test. */
const base = `
inflow: 1
name: signs
horizon: 15min
warmup: 0s
warmStart: off
models: { coder: llama-3.1-8b }
populations:
  developers:
    users: 20
    workload:
      context: { shared: { id: prompt, tokens: 2k }, start: { median: 8k tokens, sigma: 0.5, max: 40k tokens }, reasoning: kept }
      session: { turns: 8 }
      turn:
        - id: work
          loop:
            times: { lognormal: { median: 2, sigma: 0.8 }, round: down, max: 12 }
            steps:
              - id: think
                infer: { model: coder, append: { median: 400 tokens, sigma: 0.8, max: 4k tokens }, output: { median: 250 tokens, sigma: 0.8, min: 1 token, max: 3k tokens }, visible: 0% }
              - id: act
                after: think
                tool: { duration: { median: 2s, sigma: 0.8 } }
        - id: answer
          after: work
          infer: { model: coder, output: { median: 250 tokens, sigma: 0.8, min: 1 token, max: 3k tokens }, visible: 50% }
      human: { attention: { leavesAfter: 30s } }
fleet:
  api: { kind: gateway, connection: http }
  gpu: { serves: coder, hardware: h100-sxm }
  fast: { serves: coder, hardware: wse-3 }
placement:
  - { prefer: [gpu] }
`;

/** The text with one part replaced; the part must be there. */
function withPart(part: string, other: string, text = base): string {
  expect(text).toContain(part);
  return text.replaceAll(part, other);
}

const wait = meanOfTurns('waitMs');

describe('a change of the world moves the results the way it must', () => {
  const before = runsOf(base);

  test('a fast pool for interactive steps: the perceived wait falls, and it is at work', () => {
    const after = runsOf(
      withPart('prefer: [gpu]', 'when: { interactive: true }, prefer: [fast, gpu]'),
    );
    expect(change(before, after, wait).high).toBeLessThan(0);
    expect(change(before, after, utilisation('fast')).low).toBeGreaterThan(0);
    expect(change(before, after, utilisation('gpu')).high).toBeLessThan(0);
  });

  test('tools twice as fast: the perceived wait falls, and the engines have more to do', () => {
    const after = runsOf(withPart('median: 2s', 'median: 1s'));
    expect(change(before, after, wait).high).toBeLessThan(0);
    expect(change(before, after, running('gpu')).low).toBeGreaterThan(0);
  });

  test('six times the users on the same fleet: fewer turns are in flow', () => {
    const after = runsOf(withPart('users: 20', 'users: 120'));
    expect(change(before, after, flowFraction).high).toBeLessThan(0);
  });

  test('humans who leave sooner: attention is lost in more turns', () => {
    const after = runsOf(withPart('leavesAfter: 30s', 'leavesAfter: 5s'));
    expect(change(before, after, attentionLoss).low).toBeGreaterThan(0);
  });

  test('a held connection instead of fresh calls: the first token comes earlier by what is saved', () => {
    const after = runsOf(withPart('connection: http', 'connection: held'));
    // Medians of 400 and 80 ms at sigma 0.5: means are e^(0.125) times that.
    const savedMs = 320 * Math.exp(0.125);
    const { low, high } = change(before, after, clientTtftMs);
    expect(high - low).toBeLessThan(60);
    expect(low).toBeLessThan(-savedMs + 15);
    expect(high).toBeGreaterThan(-savedMs - 15);
    expect(change(before, after, wait).high).toBeLessThan(0);
  });
});

describe('sandboxes', () => {
  const sandboxed = `
inflow: 1
name: sandboxes
horizon: 15min
warmup: 0s
populations:
  agents:
    arrivals: { rate: 6/min }
    workload:
      interactive: false
      turn:
        - { id: boot, sandbox: { pool: sandboxes } }
        - { id: work, after: boot, tool: { duration: { exponential: { mean: 40s } } } }
fleet:
  sandboxes: { kind: sandboxes, slots: 20, start: image, warm: 0 }
  unused: { kind: station, serves: none, service: 1s }
`;

  test('kept warm: fewer are created when they are asked for', () => {
    const cold = runsOf(sandboxed);
    const warm = runsOf(withPart('warm: 0', 'warm: 6', sandboxed));
    const coldShare = (run: (typeof cold)[number]) => run.agents!.resources[0]!.coldStartShare;
    expect(cold.map(coldShare)).toEqual(cold.map(() => 1));
    expect(change(cold, warm, coldShare).high).toBeLessThan(-0.5);
    expect(change(cold, warm, wait).high).toBeLessThan(0);
  });
});
