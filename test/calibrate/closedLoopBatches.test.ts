// The fit's picture of a closed loop against the simulator.
import { describe, expect, test } from 'vitest';
import { closedLoopBatches } from '../../src/calibrate/closedLoopBatches.js';
import { closedLoopPoints } from '../../src/calibrate/closedLoopPoints.js';
import { usualEngine } from '../../src/calibrate/measuredScenario.js';
import { simulateLoad } from '../../src/calibrate/simulateLoad.js';
import { deployment } from '../hardware/deployments.js';

const limits = {
  maxBatchTokens: 8192,
  maxSequences: 1024,
  kvTokens: 1e9,
  windowTokens: 0,
  rounds: 1,
};

describe('the batches of a closed loop', () => {
  test('one client, 100 tokens in, 5 out: a prompt, and four decodes with 101 to 104 tokens', () => {
    const load = {
      kind: 'closed',
      concurrency: 1,
      promptTokens: 100,
      outputTokens: 5,
      shortest: 1,
    } as const;
    const [prompt, decode, ...others] = closedLoopBatches(load, limits);
    expect(others).toEqual([]);
    expect(prompt).toMatchObject({ ttftWeight: 1, tpotWeight: 0 });
    expect(prompt!.shape).toMatchObject({ chunks: 1, chunkTokens: 100, chunkPairs: 5050 });
    // The mean of 101, 102, 103, 104, rounded; each is a quarter of the one TPOT.
    expect(decode).toMatchObject({ ttftWeight: 0, tpotWeight: 1 });
    expect(decode!.shape).toMatchObject({ decodeRows: 1, decodeContextTokens: 103 });
  });

  test.each([
    [1, 1024, 1024, 1],
    [16, 1024, 256, 1],
    [16, 1024, 1024, 0.8],
    [64, 4096, 512, 1],
    [128, 2048, 128, 0.8],
  ])(
    '%d clients, %d in, %d out, lengths from %d: TPOT as simulated within 2%%, TTFT within 12%%',
    (concurrency, promptTokens, outputTokens, shortest) => {
      const load = { kind: 'closed', concurrency, promptTokens, outputTokens, shortest } as const;
      const served = deployment('h100-sxm', 'llama-3.1-8b');
      const found = simulateLoad({ deployment: served, engine: usualEngine, load });
      const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
      const points = closedLoopPoints([
        {
          label: '',
          cell: '',
          deployment: served,
          engine: usualEngine,
          load,
          ttftMs: mean(found.ttftMs),
          tpotMs: mean(found.tpotMs),
        },
      ]);
      const errors = points.map(
        ({ measuredMs, predictMs }) => predictMs(served.accelerator) / measuredMs - 1,
      );
      expect(Math.abs(errors[0]!)).toBeLessThan(0.02);
      expect(Math.abs(errors[1]!)).toBeLessThan(0.12);
    },
  );
});
