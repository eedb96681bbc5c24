/** Hundreds of pending events, whose rate changes: against a plain list, and how many are near at once. */
import { expect, test } from 'vitest';
import { EventCalendar, type EventId, Rank } from '../../sim/kernel/calendar.js';
import { FarEvents } from '../../sim/kernel/farEvents.js';
import { Dice } from '../engine/dice.js';

interface Pending {
  readonly timeMs: number;
  readonly order: number;
  readonly event: EventId;
}

const never = Number.POSITIVE_INFINITY;
const eventsPerRun = 12_000;
/** How long after now the next events come: each lasts for 1,500 events. */
const delays: readonly ((dice: Dice) => number)[] = [
  (dice) => dice.int(0, 1000) / 8,
  (dice) => dice.int(0, 3),
  // Sparse: most buckets stay empty.
  (dice) => dice.int(0, 4_000_000),
  // Two scales: what is soon and what is hours away.
  (dice) => (dice.chance(0.7) ? dice.int(0, 20) : dice.int(3_600_000, 7_200_000)),
  // Whole crowds at one instant.
  (dice) => 1000 * dice.int(1, 3),
  (dice) => dice.int(0, 1000) / 8192,
];

/** Runs a calendar in which some hundred events are pending, each compared with the earliest of a list. */
function runAgainstList(seed: number): void {
  const dice = new Dice(seed);
  const calendar = new EventCalendar();
  const pending: Pending[] = [];
  let ran = 0;
  let scheduled = 0;
  const schedule = () => {
    const delay = delays[(Math.floor(ran / 1500) * (seed % 5) + seed) % delays.length]!;
    const timeMs = calendar.nowMs + delay(dice);
    const order = scheduled++;
    pending.push({ timeMs, order, event: calendar.scheduleArrival(timeMs, handle, order) });
  };
  const handle = (timeMs: number, subject: number) => {
    let due = 0;
    for (let i = 1; i < pending.length; i++) if (isBefore(pending[i]!, pending[due]!)) due = i;
    const expected = pending.splice(due, 1)[0]!;
    if (timeMs !== expected.timeMs || subject !== expected.order) {
      expect.fail(`seed ${seed}, event ${ran}: ran ${subject}, due was ${expected.order}`);
    }
    ran++;
    if (ran > eventsPerRun) return;
    if (dice.chance(0.1) && pending.length > 0) {
      const [cancelled] = pending.splice(dice.int(0, pending.length - 1), 1);
      calendar.cancel(cancelled!.event);
      schedule();
    }
    // The number of pending events grows, falls to a few, and grows again.
    const wanted = ran % 6000 < 4500 ? 400 : 10;
    if (pending.length < wanted) schedule();
    if (pending.length <= wanted) schedule();
  };
  for (let i = 0; i < 60; i++) schedule();
  calendar.run(never, never);
  expect(pending).toEqual([]);
  expect(ran).toBeGreaterThan(eventsPerRun);
}

function isBefore(a: Pending, b: Pending): boolean {
  return a.timeMs === b.timeMs ? a.order < b.order : a.timeMs < b.timeMs;
}

test('events run in order however dense they are, now and a moment ago', () => {
  for (let seed = 1; seed <= 30; seed++) runAgainstList(seed);
});

test('events of replicas and arrivals of one instant stay in order when they come from far', () => {
  const calendar = new EventCalendar();
  const log: string[] = [];
  // The rate is measured first, then a hundred are pending.
  for (let i = 0; i < 1100; i++) calendar.scheduleArrival(i, () => {}, i);
  const write = (name: string) => (_timeMs: number, subject: number) => log.push(name + subject);
  calendar.run(1050, never);
  for (let replica = 99; replica >= 0; replica--) {
    calendar.scheduleReplica(5000, Rank.batchForming, replica, write('form '), replica);
    calendar.scheduleArrival(5000, write('arrival '), 99 - replica);
    calendar.scheduleReplica(5000, Rank.iterationEnd, replica, write('end '), replica);
  }
  calendar.run(never, never);
  const expected = ['end ', 'arrival ', 'form '].flatMap((name) =>
    Array.from({ length: 100 }, (_, i) => name + i),
  );
  expect(log).toEqual(expected);
});

test('more events than there is room for at first stay in order, near and far', () => {
  const seed = 5;
  const dice = new Dice(seed);
  const calendar = new EventCalendar();
  const due: { readonly timeMs: number; readonly subject: number }[] = [];
  const ran: number[] = [];
  const note = (_timeMs: number, subject: number) => ran.push(subject);
  const schedule = (subject: number, timeMs: number) => {
    calendar.scheduleArrival(timeMs, note, subject);
    due.push({ timeMs, subject });
  };
  for (let subject = 0; subject < 60_000; subject++) schedule(subject, dice.int(0, 500_000));
  // Most are far by now; the columns grow while these come.
  calendar.run(50_000, never);
  expect(ran.length).toBeGreaterThan(5000);
  for (let subject = 60_000; subject < 140_000; subject++) {
    schedule(subject, dice.int(50_001, 600_000));
  }
  calendar.run(never, never);
  // Sorting is stable: those of one instant stay as they were scheduled.
  const expected = due.sort((a, b) => a.timeMs - b.timeMs).map(({ subject }) => subject);
  const wrong = expected.findIndex((subject, i) => subject !== ran[i]);
  expect(ran.length, `seed ${seed}`).toBe(140_000);
  expect(wrong, `seed ${seed}: the first event that ran out of order`).toBe(-1);
});

test('of a thousand pending events some four are opened at once', () => {
  const dice = new Dice(3);
  const pending = 1000;
  const meanDelayMs = 250;
  const timeMs = new Float64Array(pending);
  const far = new FarEvents({ timeMs, next: new Int32Array(pending) });
  for (let event = 0; event < pending; event++) {
    timeMs[event] = dice.int(0, 2 * meanDelayMs);
  }
  const all = { size: pending, poll: () => (all.size > 0 ? --all.size : undefined) };
  far.eventsPerMs = pending / meanDelayMs;
  far.divideAnew(all);
  expect(far.count).toBe(pending);
  let buckets = 0;
  let taken = 0;
  let mostAtOnce = 0;
  while (taken < 20 * pending) {
    const near: number[] = [];
    for (let event = far.open(); event >= 0; event = far.takeOut(event)) near.push(event);
    buckets++;
    taken += near.length;
    mostAtOnce = Math.max(mostAtOnce, near.length);
    for (const event of near) {
      timeMs[event]! += dice.int(5, 2 * meanDelayMs - 5);
      expect(far.isNear(timeMs[event]!)).toBe(false);
      far.put(event, timeMs[event]!);
    }
  }
  expect(far.count).toBe(pending);
  expect(taken / buckets).toBeGreaterThan(3);
  expect(taken / buckets).toBeLessThan(5);
  expect(mostAtOnce).toBeLessThan(25);
});
