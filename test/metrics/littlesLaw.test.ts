import { expect, test } from 'vitest';
import { Outcome } from '../../sim/facts/requestTable.js';
import { littlesLaw } from '../../sim/metrics/littlesLaw.js';
import { examplePool, exampleRun, exampleTimeline } from './exampleRun.js';

// One request from 0.5 s to 2 s, one from 1 s to 3 s, one from 9 s that is open at the end (9.5 s).
const requests = [
  { arrivalMs: 500, firstTokenMs: 600, finishMs: 2000 },
  { arrivalMs: 1000, firstTokenMs: 1100, finishMs: 3000 },
  { arrivalMs: 4000, outcome: Outcome.rejected },
  { arrivalMs: 9000 },
];
const timeline = exampleTimeline({
  running: [0.5, 1, 1, 0, 0, 0, 0, 0, 0, 0],
  waiting: [0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
});

test('the integral of the requests inside equals the sum of their times: 4 request-seconds', () => {
  const run = exampleRun(requests, { endMs: 9500, pools: [examplePool({ timeline })] });
  expect(littlesLaw(run)).toEqual([
    { pool: 'gpu', integralMs: 4000, timeInPoolMs: 4000, relativeError: 0 },
  ]);
});

test('a timeline that forgets a request is found out', () => {
  const pools = [examplePool({ timeline: exampleTimeline({ running: [0.5, 1, 1] }) })];
  const [law] = littlesLaw(exampleRun(requests, { endMs: 9500, pools }))!;
  expect(law).toMatchObject({ integralMs: 2500, timeInPoolMs: 4000, relativeError: 0.375 });
});

test('it is not asked where requests have no row', () => {
  expect(littlesLaw(exampleRun(requests, { arrived: 5 }))).toBeUndefined();
});
