import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventCalendar, type EventId, Rank } from '../../sim/kernel/calendar.js';

const never = Number.POSITIVE_INFINITY;

/** A calendar whose events write `[time, subject]` into a log. */
function logged() {
  const log: [number, number][] = [];
  const calendar = new EventCalendar();
  const write = (timeMs: number, subject: number) => log.push([timeMs, subject]);
  return { calendar, log, write };
}

describe('events run in the order of', () => {
  test('their times', () => {
    const { calendar, log, write } = logged();
    calendar.scheduleArrival(30, write, 1);
    calendar.scheduleArrival(10, write, 2);
    calendar.scheduleArrival(20, write, 3);
    expect(calendar.run(never, never)).toBe(3);
    expect(log).toEqual([
      [10, 2],
      [20, 3],
      [30, 1],
    ]);
    expect(calendar.nowMs).toBe(30);
  });

  test('their ranks at one instant: iterations end, then requests arrive, then batches are formed', () => {
    const { calendar, log, write } = logged();
    calendar.scheduleReplica(5, Rank.batchForming, 0, write, 103);
    calendar.scheduleArrival(5, write, 102);
    calendar.scheduleReplica(5, Rank.iterationEnd, 7, write, 101);
    calendar.run(never, never);
    expect(log.map(([, subject]) => subject)).toEqual([101, 102, 103]);
  });

  test('the replica index, whichever was scheduled first', () => {
    const { calendar, log, write } = logged();
    for (const replica of [2, 0, 1]) {
      calendar.scheduleReplica(5, Rank.iterationEnd, replica, write, replica);
    }
    calendar.run(never, never);
    expect(log.map(([, subject]) => subject)).toEqual([0, 1, 2]);
  });

  test('scheduling, for arrivals of one instant, those made during the instant last', () => {
    const { calendar, log, write } = logged();
    calendar.scheduleArrival(5, (timeMs) => calendar.scheduleArrival(timeMs, write, 3), 0);
    calendar.scheduleArrival(5, write, 1);
    calendar.scheduleArrival(5, write, 2);
    calendar.run(never, never);
    expect(log.map(([, subject]) => subject)).toEqual([1, 2, 3]);
  });

  test('ranks again when a batch is formed and a new arrival falls on the same instant', () => {
    const { calendar, log, write } = logged();
    calendar.scheduleReplica(
      5,
      Rank.batchForming,
      0,
      (t) => calendar.scheduleArrival(t, write, 1),
      0,
    );
    calendar.scheduleReplica(5, Rank.batchForming, 1, write, 2);
    calendar.run(never, never);
    expect(log.map(([, subject]) => subject)).toEqual([1, 2]);
  });
});

describe('a run stops', () => {
  test('after the events of the last instant, which belong to it', () => {
    const { calendar, log, write } = logged();
    for (const timeMs of [1, 2, 2, 2.5]) calendar.scheduleArrival(timeMs, write, timeMs);
    expect(calendar.run(2, never)).toBe(3);
    expect(log).toHaveLength(3);
    expect(calendar.peekMs()).toBe(2.5);
    expect(calendar.nowMs).toBe(2);
  });

  test('after so many events, and goes on where it was', () => {
    const { calendar, log, write } = logged();
    for (const timeMs of [1, 2, 3]) calendar.scheduleArrival(timeMs, write, timeMs);
    expect(calendar.run(never, 2)).toBe(2);
    expect(calendar.run(never, 2)).toBe(1);
    expect(log.map(([timeMs]) => timeMs)).toEqual([1, 2, 3]);
  });

  test('when nothing is left', () => {
    const calendar = new EventCalendar();
    expect(calendar.peekMs()).toBe(never);
    expect(calendar.run(never, never)).toBe(0);
    expect(calendar.nowMs).toBe(0);
  });
});

test('a cancelled event does not run, and its place is used again', () => {
  const { calendar, log, write } = logged();
  const event = calendar.scheduleArrival(1, write, 1);
  calendar.scheduleArrival(2, write, 2);
  calendar.cancel(event);
  expect(calendar.peekMs()).toBe(2);
  calendar.scheduleArrival(3, write, 3);
  expect(calendar.run(never, never)).toBe(2);
  expect(log).toEqual([
    [2, 2],
    [3, 3],
  ]);
});

test('no event is scheduled before now, at no time, or never', () => {
  const { calendar, write } = logged();
  calendar.scheduleArrival(10, write, 0);
  calendar.run(never, never);
  expect(calendar.scheduleArrival(10, write, 1)).toEqual(expect.any(Number));
  expect(() => calendar.scheduleArrival(9.999, write, 1)).toThrow(
    'simulator bug: event at 9.999 ms scheduled at 10 ms',
  );
  expect(() => calendar.scheduleArrival(Number.NaN, write, 1)).toThrow('event at NaN ms');
  expect(() => calendar.scheduleArrival(never, write, 1)).toThrow('event at Infinity ms');
});

/** What a random program does at each event: schedule more, or cancel one. */
const programs = fc.array(
  fc.record({
    delayMs: fc.integer({ min: 0, max: 3 }),
    rank: fc.constantFrom(Rank.iterationEnd, Rank.arrival, Rank.batchForming),
    replica: fc.integer({ min: 0, max: 4 }),
    cancels: fc.boolean(),
  }),
  { minLength: 1, maxLength: 400 },
);

interface Pending {
  readonly key: readonly [timeMs: number, rank: number, order: number];
  readonly subject: number;
  readonly event: EventId;
}

test('a thousand random programs run in the order of a sorted list, and time never goes back', () => {
  fc.assert(
    fc.property(programs, (steps) => {
      const calendar = new EventCalendar();
      const pending: Pending[] = [];
      let scheduled = 0;
      let lastMs = 0;
      const schedule = () => {
        const subject = scheduled++;
        const step = steps[subject];
        if (step === undefined) return;
        const { delayMs, rank, replica, cancels } = step;
        const timeMs = calendar.nowMs + delayMs;
        const event =
          rank === Rank.arrival
            ? calendar.scheduleArrival(timeMs, handle, subject)
            : calendar.scheduleReplica(timeMs, rank, replica, handle, subject);
        const order = rank === Rank.arrival ? subject : replica;
        // A replica has one pending event of a rank at most, so nothing else orders equal keys.
        const twin = pending.findIndex(({ key }) => `${key}` === `${[timeMs, rank, order]}`);
        if (twin >= 0) calendar.cancel(pending.splice(twin, 1)[0]!.event);
        pending.push({ key: [timeMs, rank, order], subject, event });
        if (cancels) calendar.cancel(pending.shift()!.event);
      };
      const handle = (timeMs: number, subject: number) => {
        pending.sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1] || a.key[2] - b.key[2]);
        const due = pending.shift()!;
        expect([timeMs, subject]).toEqual([due.key[0], due.subject]);
        expect(timeMs).toBeGreaterThanOrEqual(lastMs);
        lastMs = timeMs;
        for (let i = 0; i < 2; i++) schedule();
      };
      for (let i = 0; i < 5; i++) schedule();
      calendar.run(never, never);
      expect(pending).toEqual([]);
    }),
    { seed: 1, numRuns: 1000 },
  );
});
