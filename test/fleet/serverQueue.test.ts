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
    onAbandoned: (request, timeMs) => log.push(`${timeMs}: ${request} gives up`),
  });
  const arrive = (
    timeMs: number,
    request: number,
    serviceMs: number,
    ...waits: [setUpMs?: number, patienceMs?: number]
  ) => {
    const enter = () => {
      if (!queue.tryEnter(request, serviceMs, timeMs, ...waits))
        log.push(`${timeMs}: ${request} turned away`);
    };
    calendar.scheduleArrival(timeMs, enter, request);
  };
  const cancelAt = (timeMs: number, request: number) => {
    const cancel = () => log.push(`${timeMs}: ${request} left: ${queue.cancel(request, timeMs)}`);
    calendar.scheduleArrival(timeMs, cancel, 0);
  };
  const run = () => calendar.run(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  return { calendar, timeline, queue, log, arrive, cancelAt, run };
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

test('a server that was idle is set up first, once for all who wait in the meantime', () => {
  const { arrive, run, log, timeline } = loggedQueue(1);
  arrive(0, 1, 2, 5);
  arrive(3, 2, 2, 5);
  // Idle from 9 on: the next pays again.
  arrive(20, 3, 2, 5);
  run();
  expect(log).toEqual([
    '5: 1 starts',
    '7: 2 starts',
    '7: 1 done',
    '9: 2 done',
    '25: 3 starts',
    '27: 3 done',
  ]);
  timeline.advance(30);
  const { waiting, busyUnits, running } = timeline.finish();
  // Waiting 5 + 4 and 5; set-up counts as busy and not as running.
  expect([...waiting]).toEqual([0.9, 0, 0.5]);
  expect([...busyUnits]).toEqual([0.9, 0, 0.7]);
  expect([...running]).toEqual([0.4, 0, 0.2]);
});

test('each who waits wakes a server; one that is set up for nobody is idle again', () => {
  const { arrive, run, log } = loggedQueue(2);
  arrive(0, 1, 1, 4);
  arrive(1, 2, 1, 9);
  arrive(20, 3, 1, 4);
  run();
  // Request 2 wakes the second server until 10, and the first one takes it at 5.
  expect(log).toEqual([
    '4: 1 starts',
    '5: 2 starts',
    '5: 1 done',
    '6: 2 done',
    '24: 3 starts',
    '25: 3 done',
  ]);
});

test('who waits for a server in set-up needs no place in the queue', () => {
  const { arrive, run, log } = loggedQueue(1, 0);
  arrive(0, 1, 1, 4);
  arrive(2, 2, 1, 4);
  run();
  expect(log).toEqual(['2: 2 turned away', '4: 1 starts', '5: 1 done']);
});

test('who has waited as long as patience lasts leaves; who has a server stays', () => {
  const { arrive, run, log, queue, timeline } = loggedQueue(1);
  arrive(0, 1, 10, 0, 1);
  arrive(1, 2, 10, 0, 3);
  arrive(2, 3, 10, 0, 30);
  arrive(3, 4, 10, 0, 4);
  run();
  expect(log).toEqual([
    '0: 1 starts',
    '4: 2 gives up',
    '7: 4 gives up',
    '10: 3 starts',
    '10: 1 done',
    '20: 3 done',
  ]);
  expect([queue.completed, queue.abandoned, queue.waiting]).toEqual([2, 2, 0]);
  timeline.advance(20);
  // Two wait for 3 and 4, the third for 8.
  expect([...timeline.finish().waiting]).toEqual([1.5, 0]);
});

test('when the first in line gives up, the queue time is that of the next', () => {
  const { calendar, arrive, queue } = loggedQueue(1);
  arrive(0, 1, 100);
  arrive(1, 2, 1, 0, 5);
  arrive(3, 3, 1);
  calendar.run(5, Number.POSITIVE_INFINITY);
  expect(queue.queueTimeMs(5)).toBe(4);
  calendar.run(8, Number.POSITIVE_INFINITY);
  expect(queue.queueTimeMs(8)).toBe(5);
});

test('who gives up during the set-up leaves the server to whom comes next', () => {
  const { arrive, run, log } = loggedQueue(1);
  arrive(0, 1, 1, 10, 2);
  arrive(5, 2, 1, 10);
  run();
  expect(log).toEqual(['2: 1 gives up', '10: 2 starts', '11: 2 done']);
});

test('however many give up while the ring turns and grows, it is as if they had never come, but for the room', () => {
  const lives = fc.array(
    fc.record({ gap: fc.integer({ min: 0, max: 3 }), patience: fc.integer({ min: 0, max: 400 }) }),
    { minLength: 1, maxLength: 400 },
  );
  fc.assert(
    fc.property(lives, (all) => {
      const { arrive, run, log } = loggedQueue(1);
      // A line by hand: the server is free from `freeMs` on; at a tie, service began first, as it was scheduled first.
      let timeMs = 0;
      let freeMs = 0;
      const served: string[] = [];
      for (const [request, { gap, patience }] of all.entries()) {
        timeMs += gap;
        arrive(timeMs, request, 3.5, 0, patience + 0.25);
        const startMs = Math.max(timeMs, freeMs);
        if (startMs - timeMs > patience + 0.25) continue;
        served.push(`${startMs}: ${request} starts`);
        freeMs = startMs + 3.5;
      }
      run();
      expect(log.filter((line) => line.endsWith('starts'))).toEqual(served);
      expect(log.filter((line) => line.endsWith('gives up'))).toHaveLength(
        all.length - served.length,
      );
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('who is cancelled while it waits leaves the queue; whom a server has begun stays', () => {
  const { arrive, run, log, queue, cancelAt } = loggedQueue(1);
  for (const request of [1, 2, 3]) arrive(0, request, 10, 0, 15);
  cancelAt(5, 2);
  cancelAt(6, 1);
  run();
  expect(log).toEqual([
    '0: 1 starts',
    '5: 2 left: true',
    '6: 1 left: false',
    '10: 3 starts',
    '10: 1 done',
    '20: 3 done',
  ]);
  expect([queue.completed, queue.abandoned, queue.waiting]).toEqual([2, 0, 0]);
});
