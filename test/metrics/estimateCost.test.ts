import { expect, test } from 'vitest';
import { estimateMean } from '../../sim/metrics/estimate.js';
import { estimateCost } from '../../sim/metrics/estimateCost.js';

test('the cost per unit is the mean of what one cost in each replication', () => {
  expect(estimateCost([60, 60], [10, 20], 30)).toEqual(estimateMean([6, 3], 30));
});

test('replications without a unit were paid for too: no verdict rests on the cost', () => {
  expect(estimateCost([60, 60, 60, 60], [0, 5, 0, 1], 6)).toEqual({
    value: 40,
    samples: 6,
    halfWidth: undefined,
    interval: undefined,
    doubt: 'someWithout',
    note: '2 of 4 replications have none',
  });
});

test('without any unit, or any price, there is none', () => {
  expect(estimateCost([60, 60], [0, 0], 0)).toMatchObject({ value: undefined, doubt: 'noSamples' });
  expect(estimateCost([Number.NaN, Number.NaN], [0, 5], 5)).toMatchObject({ value: undefined });
});
