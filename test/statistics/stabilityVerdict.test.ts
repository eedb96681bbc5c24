import { describe, expect, test } from 'vitest';
import { SimulatorBug } from '../../sim/kernel/invariant.js';
import { randomStreams } from '../../sim/kernel/random.js';
import { type InsideOverTime, stabilityVerdict } from '../../sim/statistics/stabilityVerdict.js';

/** The last half of a run of one server with exponential gaps (mean 1 ms) and service, in 100 bins. */
function queueRun(load: number, durationMs: number, seed: string): InsideOverTime {
  const uniform = randomStreams(seed)('queue');
  const exponential = (mean: number) => -mean * Math.log(1 - uniform());
  const binMs = durationMs / 200;
  const startMs = durationMs / 2;
  const inside = new Float64Array(200);
  let arrivals = 0;
  let completions = 0;
  let freeAt = 0;
  for (let at = exponential(1); at < durationMs; at += exponential(1)) {
    freeAt = Math.max(at, freeAt) + exponential(load);
    if (at >= startMs) arrivals++;
    if (freeAt >= startMs && freeAt < durationMs) completions++;
    for (let bin = Math.floor(at / binMs); bin < 200 && bin * binMs < freeAt; bin++) {
      inside[bin]! += (Math.min(freeAt, (bin + 1) * binMs) - Math.max(at, bin * binMs)) / binMs;
    }
  }
  return { arrivals, completions, binMs, inside: inside.slice(100) };
}

/** How many of 40 experiments get this verdict. */
function share(verdict: string, load: number, durationMs: number, replications: number): number {
  let hits = 0;
  for (let i = 0; i < 40; i++) {
    const runs = Array.from({ length: replications }, (_, k) =>
      queueRun(load, durationMs, `${load}/${i}/${k}`),
    );
    if (stabilityVerdict(runs).verdict === verdict) hits++;
  }
  return hits / 40;
}

describe('stabilityVerdict', () => {
  test('of a level series is stable, with the figures behind it', () => {
    const run = {
      arrivals: 100,
      completions: 100,
      binMs: 10,
      inside: new Array<number>(20).fill(3),
    };
    expect(stabilityVerdict([run])).toEqual({
      verdict: 'stable',
      arrivalsPerMs: 0.5,
      completionsPerMs: 0.5,
      growthPerMs: { mean: 0, halfWidth: 0 },
      growthShare: 0,
      insideMean: 3,
      insideAtEnd: 3,
    });
  });

  test('50 arrivals in 100 ms of which 10 stay: grows by 0.1 per ms, a fifth of the arrivals', () => {
    const run = {
      arrivals: 50,
      completions: 40,
      binMs: 10,
      inside: Array.from({ length: 10 }, (_, i) => 5 + i),
    };
    const stability = stabilityVerdict([run]);
    expect(stability.verdict).toBe('overloaded');
    expect(stability.growthPerMs).toEqual({ mean: 0.1, halfWidth: 0 });
    expect(stability.growthShare).toBeCloseTo(0.2, 14);
    expect([stability.insideMean, stability.insideAtEnd]).toEqual([9.5, 14]);
  });

  test('steady growth of 1% of the arrivals is a backlog, not an overload', () => {
    const inside = Array.from({ length: 10 }, (_, i) => 5 + i);
    const run = { arrivals: 1000, completions: 990, binMs: 10, inside };
    expect(stabilityVerdict([run]).verdict).toBe('backlogged');
  });

  test('a peak that was not worked off at the end is a backlog; one that was is not', () => {
    const inside = Array.from({ length: 100 }, (_, i) => 10 + (i >= 90 ? 60 : 0) + (i % 7));
    const late = { arrivals: 1000, completions: 940, binMs: 10, inside };
    const early = { ...late, inside: [...inside].reverse() };
    expect(stabilityVerdict([late]).verdict).toBe('backlogged');
    expect(stabilityVerdict([early]).verdict).toBe('stable');
  });

  test('nothing that arrives, and runs of one bin, are stable', () => {
    const empty = { arrivals: 0, completions: 0, binMs: 10, inside: [0, 0, 0] };
    expect(stabilityVerdict([empty]).verdict).toBe('stable');
    expect(stabilityVerdict([{ ...empty, inside: [] }]).verdict).toBe('stable');
    expect(stabilityVerdict([{ ...empty, arrivals: 5, inside: [2] }]).verdict).toBe('stable');
    expect(() => stabilityVerdict([])).toThrow(SimulatorBug);
  });

  test.each([
    [0.5, 1000, 1],
    [0.8, 1000, 10],
    [0.9, 5000, 1],
    [0.95, 5000, 3],
    [0.95, 20_000, 10],
  ])('M/M/1 at load %d, %d arrivals, %d replications: stable in 95%% of cases', (load, n, runs) => {
    expect(share('stable', load, n, runs)).toBeGreaterThanOrEqual(0.95);
  });

  test.each([
    [2, 1000, 1],
    [1.2, 5000, 1],
    [1.2, 1000, 3],
    [1.05, 20_000, 3],
  ])('M/M/1 at load %d, %d arrivals, %d replications: overloaded in 95%%', (load, n, runs) => {
    expect(share('overloaded', load, n, runs)).toBeGreaterThanOrEqual(0.95);
  });
});
