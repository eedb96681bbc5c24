import { expect, test } from 'vitest';
import type { Replica } from '../../sim/engine/replica.js';
import { SequenceTable } from '../../sim/engine/sequenceTable.js';
import { PoolForecast } from '../../sim/fleet/poolForecast.js';

test('the age of a line is that of the first request in it that never had a slot', () => {
  const table = new SequenceTable();
  const preempted = table.add(0, -1, 10, 1, 100);
  const fresh = table.add(1, -1, 10, 1, 700);
  table.scheduledMs[preempted] = 200;
  table.next[preempted] = fresh;
  table.next[fresh] = -1;
  const waiting = { first: preempted };
  const replica = { former: { waiting } } as unknown as Replica;
  const forecast = new PoolForecast([replica], table, {
    likely: () => 0,
    blockTokens: 16,
    countsPrompts: false,
  });
  expect(forecast.lineAgeMs(0, 1000)).toBe(300);
  table.next[preempted] = -1;
  expect(forecast.lineAgeMs(0, 1000)).toBe(0);
  waiting.first = -1;
  expect(forecast.lineAgeMs(0, 1000)).toBe(0);
});

test('the mean service starts with the first request and then moves by a sixteenth', () => {
  const forecast = new PoolForecast([], new SequenceTable(), {
    likely: () => 0,
    blockTokens: 16,
    countsPrompts: false,
  });
  forecast.noteService(1600);
  expect(forecast.meanServiceMs).toBe(1600);
  forecast.noteService(0);
  expect(forecast.meanServiceMs).toBe(1500);
});
