import { expect, test } from 'vitest';
import type { RunningJob } from '../../sim/agents/agentResource.js';
import { SandboxHost } from '../../sim/agents/sandboxHost.js';
import { SlotQueue } from '../../sim/fleet/slotQueue.js';
import { TimelineRecorder } from '../../sim/fleet/timelineRecorder.js';
import { EventCalendar } from '../../sim/kernel/calendar.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';

/** A host whose sandboxes take 5 s to create and 100 ms to hand over when warm; jobs keep one for as long as they say. */
function sandboxes(
  options: {
    slots: number;
    warmTarget?: number;
    createIntervalMs?: number;
    maxWaiting?: number;
    createMs?: (draw: number) => number;
  },
  startMs = 0,
) {
  const calendar = new EventCalendar(startMs);
  const timeline = new TimelineRecorder(1000, 100);
  const queue = new SlotQueue(timeline, {
    slots: options.slots,
    maxWaiting: options.maxWaiting ?? Number.POSITIVE_INFINITY,
  });
  const createMs = options.createMs ?? (() => 5000);
  const { warmTarget = 0, createIntervalMs = 0 } = options;
  const times = { createMs, warmStartMs: 100, warmTarget, createIntervalMs };
  const host = new SandboxHost(queue, calendar, powerOfTwoGrid(10), times, startMs);
  const log: string[] = [];
  const jobs: Record<string, RunningJob> = {};
  const ask = (name: string, atMs: number, keepsMs = Number.POSITIVE_INFINITY) => {
    const start = (nowMs: number) => {
      const onDone = (upMs: number) => {
        log.push(`${upMs}: ${name} is up`);
        if (keepsMs === Number.POSITIVE_INFINITY) return;
        calendar.scheduleArrival(upMs + keepsMs, (endMs) => jobs[name]!.release(endMs), 0);
      };
      const onRejected = (timeMs: number) => log.push(`${timeMs}: ${name} is turned away`);
      jobs[name] = host.run({ onDone, onRejected }, 0, 0.5, nowMs);
    };
    calendar.scheduleArrival(atMs, start, 0);
  };
  const release = (name: string, atMs: number) =>
    calendar.scheduleArrival(atMs, (nowMs) => jobs[name]!.release(nowMs), 0);
  const run = () => calendar.run(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  return { host, queue, log, ask, release, run };
}

test('a warm one is handed over, the next is created, and refills come in between', () => {
  const { host, log, ask, run } = sandboxes({ slots: 10, warmTarget: 1 });
  ask('a', 0);
  ask('b', 1000);
  // The refill that began at 0 is up at 5 s.
  ask('c', 6000);
  run();
  expect(log).toEqual(['100: a is up', '6000: b is up', '6100: c is up']);
  expect([host.warmStarts, host.coldStarts]).toEqual([2, 1]);
  expect(host.coldStartShare).toBeCloseTo(1 / 3, 12);
});

test('the wait for a slot is that of all jobs, warm ones and those that got a refill among them', () => {
  const { host, ask, run } = sandboxes({ slots: 2, warmTarget: 1 });
  // The warm one, then a place for a creation, which the refill of the first has taken: both wait for somebody to leave.
  ask('a', 0, 10_000);
  ask('b', 1000, 10_000);
  ask('c', 2000, 10_000);
  run();
  // b gets the refill at 5 s; a leaves at 10.1 s, and c gets its slot.
  expect(host.meanQueueMs).toBeCloseTo((0 + 4000 + 8100) / 3, 9);
});

test('what comes before time 0 is not counted', () => {
  const { host, ask, run } = sandboxes({ slots: 2, warmTarget: 1 }, -20_000);
  ask('a', -20_000, 1000);
  ask('b', -10_000, 1000);
  ask('c', 1000, 1000);
  run();
  expect([host.warmStarts, host.coldStarts, host.queue.completed]).toEqual([1, 0, 1]);
});

test('refills take their times from the middle of the law on, not from its end', () => {
  const { log, ask, run } = sandboxes({ slots: 9, warmTarget: 1, createMs: (draw) => 1e4 * draw });
  ask('a', 0);
  ask('b', 4999);
  ask('c', 5001);
  run();
  // The first refill takes 5 s: b comes too early for it, and c has it.
  expect(log).toEqual(['100: a is up', '5101: c is up', '9999: b is up']);
});

test('creations keep their distance', () => {
  const { log, ask, run } = sandboxes({ slots: 10, createIntervalMs: 2000 });
  ask('a', 0);
  ask('b', 0);
  ask('c', 500);
  ask('d', 20_000);
  run();
  expect(log).toEqual(['5000: a is up', '7000: b is up', '9000: c is up', '25000: d is up']);
});

test('a sandbox holds its slot until it is released; who waits for one creates it then', () => {
  const { log, ask, run } = sandboxes({ slots: 1 });
  ask('a', 0, 1000);
  ask('b', 1, 1000);
  run();
  expect(log).toEqual(['5000: a is up', '11000: b is up']);
});

test('who comes to wait while the only slot is refilled gets the refill', () => {
  const { host, log, ask, run } = sandboxes({ slots: 1, warmTarget: 1 });
  ask('a', 0, 900);
  // a is released at 1 s; the refill has the slot until 6 s.
  ask('b', 2000, 900);
  run();
  expect(log).toEqual(['100: a is up', '6100: b is up']);
  expect([host.warmStarts, host.coldStarts]).toEqual([2, 0]);
});

test('given up while waiting, while starting and while up: the slot comes back each time', () => {
  const { queue, log, ask, release, run } = sandboxes({ slots: 1 });
  ask('a', 0);
  ask('b', 100);
  ask('c', 200);
  release('b', 1000);
  release('a', 2000);
  // c has the slot from 2 s and is up at 7 s.
  release('c', 8000);
  run();
  expect(log).toEqual(['7000: c is up']);
  expect([queue.hasFreeSlot, queue.waiting, queue.completed]).toEqual([true, 0, 1]);
});

test('with a full waiting room the next is turned away', () => {
  const { log, ask, run, queue } = sandboxes({ slots: 1, maxWaiting: 0 });
  ask('a', 0);
  ask('b', 1);
  run();
  expect(log).toEqual(['1: b is turned away', '5000: a is up']);
  expect(queue.rejected).toBe(1);
});
