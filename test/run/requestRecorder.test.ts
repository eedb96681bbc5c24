import { describe, expect, test } from 'vitest';
import { Outcome } from '../../sim/facts/requestTable.js';
import { RequestRecorder } from '../../sim/run/requestRecorder.js';
import { simulate } from '../../sim/run/simulate.js';
import { handScenario, scripted, station } from './handScenario.js';

describe('beyond the limit of rows', () => {
  /** Five requests a second apart, of two seconds each, at one server: waits of 0, 1, 2, 3 and 4 s. */
  const withRows = (maxRecords: number) =>
    simulate(
      handScenario({
        populations: [
          scripted(
            'a',
            [0, 1, 2, 3, 4].map((i) => [1000 * i, 10, 3] as const),
          ),
        ],
        pools: [station('server', { serviceMs: { kind: 'constant', value: 2000 } })],
        limits: { maxEvents: 1e9, maxRecords },
      }),
      { seed: '1', replication: 0 },
    );

  test('the first rows are as they were, and the others leave their measures', () => {
    const all = withRows(5);
    const some = withRows(2);
    expect(all.overflow).toEqual([]);
    expect([all.arrived, some.arrived]).toEqual([5, 5]);
    expect([all.requests.count, some.requests.count]).toEqual([5, 2]);
    expect([...some.requests.finishMs]).toEqual([...all.requests.finishMs.subarray(0, 2)]);
    const [measures, ...none] = some.overflow;
    expect(none).toEqual([]);
    expect(measures).toMatchObject({ population: 0, completed: 3, promptTokens: 30 });
    expect(measures!.outputTokens).toBe(9);
    const { queueMs, e2eMs, ttftMs, tpotMs, clientTtftMs } = measures!;
    expect([queueMs.min, queueMs.mean, queueMs.max]).toEqual([2000, 3000, 4000]);
    expect([e2eMs.min, e2eMs.max]).toEqual([4000, 6000]);
    // Everything of a station comes at its end.
    expect([ttftMs.max, clientTtftMs.max, tpotMs.max]).toEqual([6000, 6000, 0]);
  });

  test('no rows at all', () => {
    const none = withRows(0);
    expect([none.requests.count, none.overflow[0]!.completed]).toEqual([0, 5]);
  });

  test('a row is borrowed only while its request is inside', () => {
    const recorder = new RequestRecorder(1);
    expect(recorder.add(0, 0, 1, 1, 0)).toBe(0);
    expect(recorder.add(0, 1, 1, 1, 0)).toBe(1);
    expect(recorder.add(0, 2, 1, 1, 0)).toBe(2);
    recorder.end(1, Outcome.rejected);
    recorder.end(0, Outcome.rejected);
    expect(recorder.add(0, 3, 1, 1, 0)).toBe(1);
    expect(recorder.add(0, 4, 1, 1, 0)).toBe(3);
    expect([recorder.arrived, recorder.table().count]).toEqual([5, 1]);
  });
});

test('ten thousand rows keep what was written', () => {
  const recorder = new RequestRecorder(1e6);
  for (let i = 0; i < 10_000; i++) {
    const row = recorder.add(i % 3, i, i, 2 * i, i / 2);
    recorder.networkMs[row] = i;
  }
  const { count, population, promptTokens, sentMs, finishMs, outcome } = recorder.table();
  expect(count).toBe(10_000);
  expect([population[4999], promptTokens[4999], sentMs[4999]]).toEqual([1, 4999, 2499.5]);
  expect(recorder.networkMs[9999]).toBe(9999);
  expect([finishMs[9999], outcome[9999]]).toEqual([Number.NaN, Outcome.open]);
});

describe('the fingerprint', () => {
  const facts = {
    arrivalMs: 1,
    scheduledMs: 2,
    firstTokenMs: 3,
    finishMs: 4,
    pool: 1,
    replica: 1,
    preemptions: 1,
  };

  /** One request (kept, or beyond the rows) with these facts. */
  function fingerprint(changes: Partial<typeof facts>, maxRecords = 10, outcome: Outcome = 2) {
    const recorder = new RequestRecorder(maxRecords);
    const row = recorder.add(0, 0, 1, 1, 0);
    for (const [name, value] of Object.entries({ ...facts, ...changes })) {
      recorder[name as keyof typeof facts][row] = value;
    }
    recorder.end(row, outcome);
    return recorder.fingerprint();
  }

  test.each(Object.keys(facts))('changes with %s, of kept rows and of others', (name) => {
    for (const maxRecords of [10, 0]) {
      const changed = fingerprint({ [name]: 5 }, maxRecords);
      expect(changed).toMatch(/^[0-9a-f]{16}$/);
      expect(changed).not.toBe(fingerprint({}, maxRecords));
      expect(fingerprint({}, maxRecords)).toBe(fingerprint({}, maxRecords));
    }
  });

  test('changes with the outcome', () => {
    expect(fingerprint({}, 10, Outcome.neverFits)).not.toBe(fingerprint({}));
  });
});
