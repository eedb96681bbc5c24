import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlotQueue } from '../../sim/fleet/slotQueue.js';
import { TimelineRecorder } from '../../sim/fleet/timelineRecorder.js';
import { EventCalendar } from '../../sim/kernel/calendar.js';

/** A queue, and holders that write down when they get their slot. */
function slots(count: number, maxWaiting = Number.POSITIVE_INFINITY) {
  const timeline = new TimelineRecorder(10, 10);
  const queue = new SlotQueue(timeline, { slots: count, maxWaiting });
  const log: string[] = [];
  const holder = (name: string) => ({
    onSlot: (timeMs: number) => {
      log.push(`${timeMs}: ${name}`);
    },
  });
  return { timeline, queue, log, holder };
}

test('slots are granted in the order in which they were asked for', () => {
  const { queue, log, holder } = slots(1);
  for (const name of ['a', 'b', 'c']) queue.tryRequest(holder(name), 0);
  queue.release(3);
  queue.release(5);
  queue.release(9);
  expect(log).toEqual(['0: a', '3: b', '5: c']);
  // b waited for 3 ms and c for 5; all three had one.
  expect([queue.meanWaitMs, queue.completed]).toEqual([8 / 3, 3]);
  expect([queue.hasFreeSlot, queue.waiting]).toEqual([true, 0]);
});

test('who leaves the queue is passed over and was never granted', () => {
  const { queue, log, holder, timeline } = slots(1);
  const [a, b, c] = [holder('a'), holder('b'), holder('c')];
  for (const each of [a, b, c]) queue.tryRequest(each, 0);
  queue.leave(b, 5);
  expect(queue.waiting).toBe(1);
  // Leaving twice, or not being in the queue, changes nothing.
  queue.leave(b, 5);
  queue.leave(a, 5);
  expect(queue.waiting).toBe(1);
  queue.release(10);
  queue.release(20, false);
  expect(log).toEqual(['0: a', '10: c']);
  expect([queue.completed, queue.meanWaitMs]).toEqual([1, 5]);
  timeline.advance(20);
  const { waiting, busyUnits } = timeline.finish();
  expect([...waiting]).toEqual([1.5, 0]);
  expect([...busyUnits]).toEqual([1, 1]);
});

test('a full waiting room turns away, and nothing else changes', () => {
  const { queue, log, holder } = slots(1, 1);
  expect(['a', 'b', 'c'].map((name) => queue.tryRequest(holder(name), 0))).toEqual([
    true,
    true,
    false,
  ]);
  expect([queue.rejected, queue.waiting]).toEqual([1, 1]);
  queue.release(4);
  expect(log).toEqual(['0: a', '4: b']);
});

test('whatever is asked, left and released: no slot is lost, and order is kept', () => {
  const action = fc.constantFrom('ask', 'leave', 'release');
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const { queue } = slots(2);
      const granted: number[] = [];
      const waiting: { id: number; holder: { onSlot(): void } }[] = [];
      let held = 0;
      actions.forEach((what, timeMs) => {
        if (what === 'ask') {
          const holder = { onSlot: () => void granted.push(timeMs) };
          queue.tryRequest(holder, timeMs);
          if (held < 2) held++;
          else waiting.push({ id: timeMs, holder });
        } else if (what === 'leave' && waiting.length > 0) {
          queue.leave(waiting.pop()!.holder, timeMs);
        } else if (what === 'release' && held > 0) {
          queue.release(timeMs);
          if (waiting.length > 0) expect(granted.at(-1)).toBe(waiting.shift()!.id);
          else held--;
        }
        expect(queue.waiting).toBe(waiting.length);
        expect(queue.hasFreeSlot).toBe(held < 2);
      });
    }),
    { seed: 1 },
  );
});

test('a holder waits as long as its patience lasts, and stays once it has a slot', () => {
  const calendar = new EventCalendar();
  const timeline = new TimelineRecorder(10, 10);
  const queue = new SlotQueue(timeline, { slots: 1, maxWaiting: 5 }, calendar);
  const log: string[] = [];
  const request = (name: string, patienceMs: number) =>
    queue.tryRequest(
      {
        onSlot: (timeMs) => log.push(`${timeMs}: ${name}`),
        onImpatient: (timeMs) => log.push(`${timeMs}: ${name} gives up`),
      },
      0,
      patienceMs,
    );
  request('a', 1);
  request('b', 3);
  request('c', 6);
  request('d', 4);
  calendar.run(5, 10);
  queue.release(5);
  calendar.run(20, 10);
  expect(log).toEqual(['0: a', '3: b gives up', '4: d gives up', '5: c']);
  expect([queue.abandoned, queue.waiting, queue.meanWaitMs]).toEqual([2, 0, 2.5]);
});
