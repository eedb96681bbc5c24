import { describe, expect, test } from 'vitest';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';
import type { RequestTrace } from '../../sim/workload/requestTrace.js';
import { replayTimes } from '../../sim/workload/traceReplay.js';

const grid = powerOfTwoGrid(20);

function traceOf(arrivalMs: readonly number[]): RequestTrace {
  const tokens = new Int32Array(arrivalMs.length).fill(1);
  return {
    name: 'tiny',
    count: arrivalMs.length,
    arrivalMs: Float64Array.from(arrivalMs),
    promptTokens: tokens,
    outputTokens: tokens,
    blockHashes: undefined,
  };
}

function played(arrivalMs: readonly number[], rateFactor: number, copies: number, untilMs: number) {
  const cursor = replayTimes({ trace: traceOf(arrivalMs), rateFactor, copies }, grid, untilMs);
  const times: number[] = [];
  for (let t = cursor.next(); t < Number.POSITIVE_INFINITY; t = cursor.next()) times.push(t);
  expect(cursor.next()).toBe(Number.POSITIVE_INFINITY);
  return times;
}

describe('replayTimes', () => {
  test('plays the recorded arrivals', () => {
    expect(played([0, 10, 10, 40], 1, 1, 1_000)).toEqual([0, 10, 10, 40]);
  });

  test('a rate factor of 4 brings them four times as fast', () => {
    expect(played([0, 10, 10, 40], 4, 1, 1_000)).toEqual([0, 2.5, 2.5, 10]);
  });

  test('copies follow after one mean gap: 20 ms for three gaps in 60 ms', () => {
    expect(played([0, 10, 10, 60], 1, 2, 1_000)).toEqual([0, 10, 10, 60, 80, 90, 90, 140]);
    expect(played([0, 10, 10, 60], 2, 2, 1_000)).toEqual([0, 5, 5, 30, 40, 45, 45, 70]);
  });

  test('stops before the horizon', () => {
    expect(played([0, 10, 10, 60], 1, 2, 80)).toEqual([0, 10, 10, 60]);
  });

  test('a trace of one request has no gap: its copies come at once', () => {
    expect(played([0], 1, 3, 80)).toEqual([0, 0, 0]);
  });
});
