import { expect, test } from 'vitest';
import { delayedArrivals } from '../../sim/workload/delayedArrivals.js';

test('a rate that varies keeps its clock when the run begins before 0', () => {
  const steps = [
    { fromMs: 0, ratePerMs: 1 },
    { fromMs: 50, ratePerMs: 2 },
  ];
  expect(delayedArrivals({ kind: 'piecewise', steps }, 20)).toEqual({
    kind: 'piecewise',
    steps: [
      { fromMs: 0, ratePerMs: 1 },
      { fromMs: 70, ratePerMs: 2 },
    ],
  });
  const day = {
    kind: 'diurnal',
    meanRatePerMs: 1,
    amplitude: 0.5,
    peakMs: 10,
    periodMs: 24,
  } as const;
  expect(delayedArrivals(day, 20)).toEqual({ ...day, peakMs: 30 });
});

test('a rate that does not vary has no clock', () => {
  const steady = { kind: 'poisson', ratePerMs: 1 } as const;
  expect(delayedArrivals(steady, 20)).toBe(steady);
});
