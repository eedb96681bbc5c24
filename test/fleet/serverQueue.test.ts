import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServerQueue } from '../../sim/fleet/serverQueue.js';
import { TimelineRecorder } from '../../sim/fleet/timelineRecorder.js';
import { EventCalendar } from '../../sim/kernel/calendar.js';

/** A queue that writes what happens to its requests as `time: what`. */
function loggedQueue(servers: number, maxWaiting = Number.POSITIVE_INFINITY) {
  const calendar = new EventCalendar();
  const timeline = new TimelineRecorder(10, 10);
  const log: string[] = [];
  const queue = new ServerQueue(calendar, timeline, {
    servers,
    maxWaiting,
    onStart: (request, timeMs) => log.push(`${timeMs}: ${request} starts`),
    onDone: (request, timeMs) => log.push(`${timeMs}: ${request} done`),
  });
  const arrive = (timeMs: number, request: number, serviceMs: number) => {
    const enter = () => {
      if (!queue.tryEnter(request, serviceMs, timeMs))
        log.push(`${timeMs}: ${request} turned away`);
    };
    calendar.scheduleArrival(timeMs, enter, request);
  };
  const run = () => calendar.run(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  return { calendar, timeline, queue, log, arrive, run };
}

test('two servers, first come first served', () => {
  const { arrive, run, log } = loggedQueue(2);
  arrive(0, 1, 10);
  arrive(1, 2, 3);
  arrive(2, 3, 1);
  arrive(2, 4, 1);
  run();
  expect(log).toEqual([
    '0: 1 starts',
    '1: 2 starts',
    '4: 3 starts',
    '4: 2 done',
    '5: 4 starts',
    '5: 3 done',
    '6: 4 done',
    '10: 1 done',
  ]);
});

test('one may wait, the next is turned away, and nothing else changes', () => {
  const { arrive, run, log, queue, timeline } = loggedQueue(1, 1);
  arrive(0, 1, 10);
  arrive(1, 2, 10);
  arrive(2, 3, 10);
  run();
  expect(log).toContain('2: 3 turned away');
  expect([queue.completed, queue.rejected, queue.waiting]).toEqual([2, 1, 0]);
  timeline.advance(20);
  const { waiting, busyUnits, running } = timeline.finish();
  expect([...waiting]).toEqual([0.9, 0]);
  expect([...busyUnits]).toEqual([1, 1]);
  expect([...running]).toEqual([1, 1]);
});

test('a loss station has room only while a server is free', () => {
  const { arrive, run, log, queue } = loggedQueue(1, 0);
  expect(queue.hasRoom).toBe(true);
  arrive(0, 1, 5);
  arrive(4, 2, 5);
  arrive(5, 3, 5);
  run();
  // The server that ends at 5 is free for who arrives at 5, when that arrival was scheduled later …
  expect(log).toEqual(['0: 1 starts', '4: 2 turned away', '5: 3 turned away', '5: 1 done']);
});

test('who arrives at the very end of a service and was sent before it began is turned away; who was sent after it is served', () => {
  const { calendar, arrive, run, log } = loggedQueue(1, 0);
  arrive(0, 1, 5);
  calendar.scheduleArrival(1, () => arrive(5, 2, 5), 0);
  run();
  expect(log).toEqual(['0: 1 starts', '5: 1 done', '5: 2 starts', '10: 2 done']);
});

test('the queue time is that of the first in line', () => {
  const { calendar, arrive, queue } = loggedQueue(1);
  arrive(0, 1, 10);
  arrive(2, 2, 10);
  arrive(7, 3, 10);
  calendar.run(9, Number.POSITIVE_INFINITY);
  expect(queue.queueTimeMs(9)).toBe(7);
  calendar.run(10, Number.POSITIVE_INFINITY);
  expect(queue.queueTimeMs(10)).toBe(3);
  calendar.run(30, Number.POSITIVE_INFINITY);
  expect(queue.queueTimeMs(30)).toBe(0);
});

test('endless servers: nobody ever waits', () => {
  const { arrive, run, log } = loggedQueue(Number.POSITIVE_INFINITY);
  for (let request = 0; request < 200; request++) arrive(0, request, 1);
  run();
  expect(log.slice(200).every((line) => line.startsWith('1: '))).toBe(true);
});

test('queue times survive a ring that wraps and grows', () => {
  const { calendar, arrive, queue, run } = loggedQueue(1);
  // One leaves a second, three come: the ring of 64 turns while it fills.
  for (let request = 0; request < 600; request++) arrive(request, request, 3);
  for (let timeMs = 1.5; timeMs < 1800; timeMs += 3) {
    calendar.run(timeMs, Number.POSITIVE_INFINITY);
    const served = Math.floor(timeMs / 3) + 1;
    const firstInLine = served < 600 && served <= timeMs ? served : undefined;
    expect(queue.queueTimeMs(timeMs)).toBe(firstInLine === undefined ? 0 : timeMs - firstInLine);
  }
  run();
});

test('however the ring of waiting requests turns and grows, they leave in the order they came', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(gaps, (bursts) => {
      const { arrive, run, log } = loggedQueue(1);
      let request = 0;
      // Bursts of up to 400 while others leave: the ring of 64 wraps and doubles at any place.
      for (const [index, size] of bursts.entries()) {
        for (let i = 0; i < size; i++) arrive(index * 150, request++, 1);
      }
      run();
      const done = log.filter((line) => line.endsWith('done')).map((line) => line.split(' ')[1]);
      expect(done).toEqual(Array.from({ length: request }, (_, index) => `${index}`));
    }),
    { seed: 1, numRuns: 100 },
  );
});
