import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStreams } from '../../sim/kernel/random.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import type { ArrivalProcess } from '../../sim/workload/arrivalProcess.js';
import { arrivalTimes } from '../../sim/workload/arrivals.js';

const grid = powerOfTwoGrid(20);

function allTimes(process: ArrivalProcess, seed: string, untilMs: number): number[] {
  const cursor = arrivalTimes(process, randomStreams(seed)('arrivals'), grid, untilMs);
  const times: number[] = [];
  for (let t = cursor.next(); t < Number.POSITIVE_INFINITY; t = cursor.next()) times.push(t);
  return times;
}

function countBetween(times: readonly number[], fromMs: number, untilMs: number): number {
  return times.filter((t) => t >= fromMs && t < untilMs).length;
}

/** Mean gap and coefficient of variation of the gaps, the first (from 0) included. */
function gapStatistics(times: readonly number[]): { mean: number; cv: number } {
  const gaps = times.map((t, i) => t - (i === 0 ? 0 : times[i - 1]!));
  const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
  const variance = gaps.reduce((a, b) => a + (b - mean) * (b - mean), 0) / (gaps.length - 1);
  return { mean, cv: Math.sqrt(variance) / mean };
}

/** Variance over mean of the counts in windows of this length. */
function indexOfDispersion(times: readonly number[], windowMs: number, untilMs: number): number {
  const counts = new Array<number>(Math.floor(untilMs / windowMs)).fill(0);
  for (const t of times) counts[Math.floor(t / windowMs)]!++;
  const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
  const squares = counts.reduce((a, b) => a + (b - mean) * (b - mean), 0);
  return squares / (counts.length - 1) / mean;
}

const processes: ArrivalProcess[] = [
  { kind: 'poisson', ratePerMs: 0.02 },
  { kind: 'constant', ratePerMs: 0.02 },
  { kind: 'gamma', ratePerMs: 0.02, cv: 2.5 },
  { kind: 'gamma', ratePerMs: 0.02, cv: 0.4 },
  { kind: 'weibull', ratePerMs: 0.02, cv: 2.5 },
  { kind: 'weibull', ratePerMs: 0.02, cv: 0.4 },
  {
    kind: 'piecewise',
    steps: [
      { fromMs: 0, ratePerMs: 0.02 },
      { fromMs: 3_000, ratePerMs: 0 },
      { fromMs: 4_000, ratePerMs: 0.1 },
    ],
  },
  { kind: 'diurnal', meanRatePerMs: 0.02, amplitude: 0.9, peakMs: 700, periodMs: 2_000 },
];

describe('arrivalTimes', () => {
  test('constant arrivals come after every gap, and one at the horizon is too late', () => {
    expect(allTimes({ kind: 'constant', ratePerMs: 0.25 }, 'any', 20)).toEqual([4, 8, 12, 16]);
  });

  test('a Poisson gap is −ln(1 − u)/rate, rounded to the grid', () => {
    const draws = [0.5, 0, 0.75];
    const cursor = arrivalTimes(
      { kind: 'poisson', ratePerMs: 0.01 },
      () => draws.shift()!,
      grid,
      1e6,
    );
    expect(cursor.next()).toBe(grid.round(100 * Math.LN2));
    expect(cursor.next()).toBe(grid.round(100 * Math.LN2));
    expect(cursor.next()).toBe(grid.round(300 * Math.LN2));
  });

  test('a rate of 0 brings nobody', () => {
    for (const kind of ['poisson', 'constant'] as const)
      expect(allTimes({ kind, ratePerMs: 0 }, 'any', 1e9)).toEqual([]);
    expect(allTimes({ kind: 'gamma', ratePerMs: 0, cv: 2 }, 'any', 1e9)).toEqual([]);
    const { meanRatePerMs, ...day } = { meanRatePerMs: 0, amplitude: 1, peakMs: 0, periodMs: 10 };
    expect(allTimes({ kind: 'diurnal', meanRatePerMs, ...day }, 'any', 1e9)).toEqual([]);
  });

  test('gaps that do not vary are constant arrivals', () => {
    const constant = allTimes({ kind: 'constant', ratePerMs: 0.03 }, 'any', 1_000);
    expect(allTimes({ kind: 'gamma', ratePerMs: 0.03, cv: 0 }, 'any', 1_000)).toEqual(constant);
    expect(allTimes({ kind: 'weibull', ratePerMs: 0.03, cv: 0 }, 'any', 1_000)).toEqual(constant);
  });

  test('a CV of 1 is Poisson, whether gamma or Weibull', () => {
    const poisson = allTimes({ kind: 'poisson', ratePerMs: 0.02 }, 'same', 1e5);
    for (const kind of ['gamma', 'weibull'] as const) {
      const times = allTimes({ kind, ratePerMs: 0.02, cv: 1 }, 'same', 1e5);
      expect(times.length).toBe(poisson.length);
      for (const [i, t] of times.entries()) expect(t).toBeCloseTo(poisson[i]!, 4);
    }
  });

  test.each([
    ['poisson', 1],
    ['gamma', 0.5],
    ['gamma', 3],
    ['weibull', 0.5],
    ['weibull', 3],
  ] as const)('%s gaps have the mean 1/rate and a CV of %d', (kind, cv) => {
    const untilMs = 8_000_000;
    const process: ArrivalProcess =
      kind === 'poisson' ? { kind, ratePerMs: 0.02 } : { kind, ratePerMs: 0.02, cv };
    const times = allTimes(process, `gaps of ${kind} ${cv}`, untilMs);
    const gaps = gapStatistics(times);
    // Four standard errors of the mean of 160,000 gaps.
    expect(Math.abs(gaps.mean / 50 - 1)).toBeLessThan((4 * cv) / Math.sqrt(times.length));
    expect(Math.abs(gaps.cv / cv - 1)).toBeLessThan(0.05);
  });

  test('counts of a renewal process disperse as the square of the CV of its gaps, in long windows', () => {
    const untilMs = 16_000_000;
    const poisson = allTimes({ kind: 'poisson', ratePerMs: 0.02 }, 'dispersion', untilMs);
    expect(Math.abs(indexOfDispersion(poisson, 1_000, untilMs) - 1)).toBeLessThan(0.05);
    const bursty = allTimes({ kind: 'gamma', ratePerMs: 0.02, cv: 2 }, 'dispersion', untilMs);
    const dispersion = indexOfDispersion(bursty, 20_000, untilMs);
    // 800 windows: standard error 4·√(2/800) = 0.2.
    expect(Math.abs(dispersion - 4)).toBeLessThan(0.8);
  });

  test('piecewise arrivals: rate × length of each piece, none while the rate is 0', () => {
    const steps = [
      { fromMs: 0, ratePerMs: 0.01 },
      { fromMs: 1_000_000, ratePerMs: 0 },
      { fromMs: 1_500_000, ratePerMs: 0.1 },
      { fromMs: 1_600_000, ratePerMs: 0.02 },
    ];
    const times = allTimes({ kind: 'piecewise', steps }, 'pieces', 3_000_000);
    // Poisson counts of mean 10,000, 0, 10,000 and 28,000, within four standard deviations.
    expect(Math.abs(countBetween(times, 0, 1e6) - 10_000)).toBeLessThan(400);
    expect(countBetween(times, 1e6, 1.5e6)).toBe(0);
    expect(Math.abs(countBetween(times, 1.5e6, 1.6e6) - 10_000)).toBeLessThan(400);
    expect(Math.abs(countBetween(times, 1.6e6, 3e6) - 28_000)).toBeLessThan(670);
  });

  test('piecewise arrivals with one rate are Poisson arrivals, one uniform each', () => {
    const split = [0, 100, 5_000, 77_777].map((fromMs) => ({ fromMs, ratePerMs: 0.02 }));
    const poisson = allTimes({ kind: 'poisson', ratePerMs: 0.02 }, 'same', 1e5);
    const pieces = allTimes({ kind: 'piecewise', steps: split }, 'same', 1e5);
    expect(pieces.length).toBe(poisson.length);
    for (const [i, t] of pieces.entries()) expect(t).toBeCloseTo(poisson[i]!, 5);
  });

  test('piecewise arrivals end for good when the last rate is 0', () => {
    const steps = [
      { fromMs: 0, ratePerMs: 0.1 },
      { fromMs: 50, ratePerMs: 0 },
    ];
    const uniform = randomStreams('end')('arrivals');
    const cursor = arrivalTimes({ kind: 'piecewise', steps }, uniform, grid, 1e12);
    for (let i = 0; i < 100; i++) cursor.next();
    expect(cursor.next()).toBe(Number.POSITIVE_INFINITY);
  });

  test('diurnal arrivals follow the cosine: the rate × length of every eighth of a day', () => {
    const [meanRatePerMs, amplitude, peakMs, periodMs] = [0.5, 0.8, 300, 1_000];
    const days = 400;
    const process = { kind: 'diurnal', meanRatePerMs, amplitude, peakMs, periodMs } as const;
    const times = allTimes(process, 'days', days * periodMs);
    for (let eighth = 0; eighth < 8; eighth++) {
      const inEighth = times.filter((t) => Math.floor((t % periodMs) / 125) === eighth).length;
      // Integral of mean·(1 + amplitude·cos(2π(t − peak)/period)) over the eighth.
      const antiderivative = (t: number) =>
        t +
        ((amplitude * periodMs) / 2 / Math.PI) * Math.sin((2 * Math.PI * (t - peakMs)) / periodMs);
      const perDay =
        meanRatePerMs * (antiderivative((eighth + 1) * 125) - antiderivative(eighth * 125));
      expect(Math.abs(inEighth - days * perDay)).toBeLessThan(4 * Math.sqrt(days * perDay));
    }
  });

  test.each(processes)('a longer horizon gives the same first arrivals: %o', (process) => {
    const short = allTimes(process, 'horizon', 5_000);
    const long = allTimes(process, 'horizon', 20_000);
    expect(short.length).toBeGreaterThan(20);
    expect(long.slice(0, short.length)).toEqual(short);
    expect(long[short.length]).toBeGreaterThanOrEqual(5_000);
  });

  test.each(processes)('times lie on the grid and never go back: %o', (process) => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        let previousMs = 0;
        for (const timeMs of allTimes(process, seed, 5_000)) {
          expect(timeMs).toBeGreaterThanOrEqual(previousMs);
          expect(timeMs / grid.quantumMs).toBe(Math.floor(timeMs / grid.quantumMs));
          previousMs = timeMs;
        }
      }),
      { seed: 11, numRuns: 20 },
    );
  });
});
