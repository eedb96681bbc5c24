import { describe, expect, test } from 'vitest';
import { loadValid } from '../config/loadText.js';
import { keepContexts, type NominalCall, nominalCalls } from './keptContexts.js';

/** Mean call of 13.2 s, as recorded: first token after 2.5 s, the other 497 tokens of the mean output in 10.7 s. */
const recordedSpeed = { ttftMs: 2500, tpotMs: 21.5 };

function shippedCalls(): NominalCall[] {
  const { scenario } = loadValid(`
inflow: 1
name: kept
horizon: 1h
models: { coder: llama-3.1-8b }
populations: { developers: { workload: coding-interactive, users: 1 } }
fleet: { gpu: { serves: coder, hardware: h100-sxm } }
`);
  const population = scenario.agents!.populations[0]!;
  if (population.kind !== 'sessions') throw new Error('no sessions');
  return nominalCalls(population.workload, 1000, recordedSpeed);
}

describe('contexts of the interactive coding workload, each kept for a time after its last use', () => {
  const calls = shippedCalls();

  // TraceLab, arXiv 2606.30560: 357k recorded calls, an ideal cache.
  test.each([
    [1, 0.854, 0.74],
    [5, 0.94, 1.9],
    [60, 0.986, 5.07],
  ])('%i min: as recorded, %d of the tokens are hit', (minutes, hitShare, suspendedToActive) => {
    const kept = keepContexts(calls, minutes * 60_000);
    expect(Math.abs(kept.hitShare - hitShare)).toBeLessThan(0.05);
    const ratio = kept.suspendedToActive / suspendedToActive;
    expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.5);
  });
});

test('a context is found up to the end of its time, and kept so long after the last call', () => {
  const call = (startMs: number, promptTokens: number): NominalCall => ({
    ...{ session: 1, stream: 0, promptTokens, totalTokens: promptTokens + 50 },
    ...{ startMs, endMs: startMs + 10 },
  });
  const calls = [call(0, 100), call(30, 200)];
  // Gap 20: 150 of 300 tokens; 150·20 + 250·20 kept while 150·10 + 250·10 are under way.
  expect(keepContexts(calls, 20)).toEqual({ hitShare: 0.5, suspendedToActive: 2 });
  expect(keepContexts(calls, 19).hitShare).toBe(0);
});
