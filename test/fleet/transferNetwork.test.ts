import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TransferNetwork } from '../../sim/fleet/transferNetwork.js';
import { EventCalendar } from '../../sim/kernel/calendar.js';
import { powerOfTwoGrid } from '../../sim/kernel/timeGrid.js';

/** A network, and a log of which transfers ended when. */
function network() {
  const calendar = new EventCalendar();
  const transfers = new TransferNetwork(calendar, powerOfTwoGrid(20));
  const log: string[] = [];
  const onDone = (timeMs: number, subject: number) => {
    log.push(`${timeMs}: ${subject}`);
  };
  const at = (timeMs: number, act: () => void) => calendar.scheduleArrival(timeMs, act, 0);
  const run = () => calendar.run(1e9, 1e6);
  return { calendar, transfers, log, onDone, at, run };
}

test('a transfer alone takes its bytes over the bandwidth, and the latency after them', () => {
  const { transfers, log, onDone, run } = network();
  const link = transfers.addLink('nic', 100);
  transfers.start([link], 1000, 0.5, onDone, 7);
  run();
  expect(log).toEqual(['10.5: 7']);
  // The latency holds no link.
  expect(transfers.use(20)).toEqual([{ bytes: 1000, busyMs: 10 }]);
});

test('two equal transfers share a link and both take twice as long', () => {
  const { transfers, log, onDone, run } = network();
  const link = transfers.addLink('nic', 100);
  transfers.start([link], 1000, 0, onDone, 1);
  transfers.start([link], 1000, 0, onDone, 2);
  run();
  expect(log).toEqual(['20: 1', '20: 2']);
});

test('who comes later slows the first down, and speeds up when it is gone', () => {
  const { transfers, log, onDone, at, run } = network();
  const link = transfers.addLink('nic', 100);
  transfers.start([link], 1000, 0, onDone, 1);
  at(5, () => transfers.start([link], 1000, 0, onDone, 2));
  run();
  // The first has 500 left at 5, shares until 15; the second then has 500 left for itself.
  expect(log).toEqual(['15: 1', '20: 2']);
});

test('a transfer over two links goes at its smallest share', () => {
  const { transfers, log, onDone, run } = network();
  const wide = transfers.addLink('wide', 300);
  const narrow = transfers.addLink('narrow', 100);
  transfers.start([wide, narrow], 1000, 0, onDone, 1);
  transfers.start([wide], 1500, 0, onDone, 2);
  run();
  // The second has half of the wide link, 150 per ms; the first the narrow one, 100 per ms.
  expect(log).toEqual(['10: 1', '10: 2']);
});

test('a cancelled transfer is not reported and gives its share back', () => {
  const { transfers, log, onDone, at, run } = network();
  const link = transfers.addLink('nic', 100);
  const first = transfers.start([link], 1000, 0, onDone, 1);
  transfers.start([link], 1000, 0, onDone, 2);
  at(4, () => transfers.cancel(first));
  at(5, () => transfers.cancel(first));
  run();
  // 200 bytes in 4 ms at half the speed, the other 800 in 8.
  expect(log).toEqual(['12: 2']);
  expect(transfers.use(12)).toEqual([{ bytes: 1000, busyMs: 12 }]);
  expect(transfers.activeOn(link)).toBe(0);
});

test('no bytes and no links take only the latency', () => {
  const { transfers, log, onDone, run } = network();
  transfers.start([], 5000, 2, onDone, 1);
  transfers.start([transfers.addLink('nic', 100)], 0, 1, onDone, 2);
  run();
  expect(log).toEqual(['1: 2', '2: 1']);
});

test('a link that is never idle moves all bytes in the time its bandwidth needs', () => {
  const jobs = fc.array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 50 }),
      bytes: fc.integer({ min: 1, max: 10_000 }),
    }),
    {
      minLength: 1,
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(jobs, (list) => {
      const { transfers, log, onDone, at, run, calendar } = network();
      const link = transfers.addLink('nic', 64);
      for (const [index, job] of list.entries())
        at(job.atMs, () => transfers.start([link], job.bytes, 0, onDone, index));
      run();
      const use = transfers.use(calendar.nowMs)[0]!;
      const bytes = list.reduce((sum, job) => sum + job.bytes, 0);
      expect(log.length).toBe(list.length);
      expect(use.bytes).toBe(bytes);
      // Every end is rounded to the grid of a millionth of a millisecond.
      expect(Math.abs(use.busyMs - bytes / 64)).toBeLessThan(list.length * 1e-5);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('a transfer can be cancelled while only its latency is to pass', () => {
  const { transfers, log, onDone, at, run } = network();
  const link = transfers.addLink('nic', 100);
  const first = transfers.start([link], 1000, 5, onDone, 1);
  const other = transfers.start([], 0, 30, onDone, 2);
  at(12, () => transfers.cancel(first));
  at(13, () => transfers.cancel(other));
  run();
  expect(log).toEqual([]);
  expect(transfers.use(20)).toEqual([{ bytes: 1000, busyMs: 10 }]);
});
