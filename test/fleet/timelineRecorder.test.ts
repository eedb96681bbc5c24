import { expect, test } from 'vitest';
import { Level, TimelineRecorder } from '../../sim/fleet/timelineRecorder.js';

test('levels are averaged over each bin, and over what there is of the last', () => {
  const timeline = new TimelineRecorder(10, 2);
  timeline.advance(4);
  timeline.change(Level.running, 2);
  timeline.advance(25);
  timeline.change(Level.running, -2);
  timeline.advance(45);
  const run = timeline.finish();
  expect([run.binMs, run.binCount]).toEqual([10, 5]);
  // 2 from 4 to 25: 12 of 10 ms, 20 of 10, 10 of 10, none, none of 5.
  expect([...run.running]).toEqual([1.2, 2, 1, 0, 0]);
  expect([...run.waiting]).toEqual([0, 0, 0, 0, 0]);
});

test('a run that ends on the edge of a bin does not begin another', () => {
  const timeline = new TimelineRecorder(10, 2);
  timeline.change(Level.busyUnits, 1);
  timeline.advance(20);
  expect([...timeline.finish().busyUnits]).toEqual([1, 1]);
});

test('work counts in the bin in which it ends', () => {
  const timeline = new TimelineRecorder(10, 1);
  timeline.advance(3);
  timeline.addWork(5, 7);
  timeline.advance(30);
  timeline.addWork(1, 2);
  const { flops, memoryBytes } = timeline.finish();
  expect([...flops]).toEqual([5, 0, 1]);
  expect([...memoryBytes]).toEqual([7, 0, 2]);
});

test('nothing ever happened: one bin of zeros, no NaN', () => {
  const run = new TimelineRecorder(10, 1).finish();
  expect(run.binCount).toBe(1);
  expect([...run.running, ...run.flops]).toEqual([0, 0]);
});

test('a run of a million bins is kept in 16,384 at most, and no time is lost', () => {
  const timeline = new TimelineRecorder(1, 200);
  timeline.change(Level.running, 1);
  timeline.advance(7);
  timeline.addWork(3, 0);
  timeline.advance(1e6);
  const run = timeline.finish();
  expect(run.binMs).toBe(64);
  expect(run.binCount).toBe(15_625);
  expect(new Set(run.running)).toEqual(new Set([1]));
  expect(run.flops[0]).toBe(3);
  expect(run.running.length).toBe(15_625);
});

test('whoever counts work elsewhere is asked before a bin closes and at the end', () => {
  let done = 0;
  let booked = 0;
  const timeline: TimelineRecorder = new TimelineRecorder(10, 1, () => {
    timeline.addWork(done - booked, 0);
    booked = done;
  });
  timeline.advance(4);
  done = 5;
  timeline.advance(12);
  done = 8;
  timeline.advance(31);
  done = 9;
  expect([...timeline.finish().flops]).toEqual([5, 3, 0, 1]);
});
