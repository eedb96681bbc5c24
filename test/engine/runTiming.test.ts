import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunTiming } from '../../sim/engine/runTiming.js';

const quantumMs = 2 ** -20;
const gridMs = (most: number) => fc.integer({ min: 0, max: most }).map((n) => n * quantumMs);

/** A run as engines have them: on the grid, the host before or behind the device. */
const timings = fc
  .record({
    isOverlapped: fc.boolean(),
    hostMs: gridMs(1 << 24),
    deviceMs: gridMs(1 << 24),
    growthMs: gridMs(1 << 12),
    syncMs: gridMs(1 << 16),
  })
  .map(({ isOverlapped, hostMs, deviceMs, growthMs, syncMs }) => {
    const timing = new RunTiming();
    if (isOverlapped) timing.setOverlapped(hostMs, deviceMs, growthMs, syncMs);
    else timing.setSequential(hostMs + deviceMs, growthMs);
    return timing;
  });

test('the count that reaches a time is the first one of which the sum does', () => {
  fc.assert(
    fc.property(
      timings,
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 0, max: 400 }),
      fc.double({ min: -0.2, max: 1.2, noNaN: true }),
      fc.boolean(),
      (timing, low, more, share, isOnBoundary) => {
        const high = low + more;
        const anywhereMs = Math.round((share * timing.sumMs(high)) / quantumMs) * quantumMs;
        const boundary = Math.min(high, Math.max(0, Math.round(share * high)));
        const elapsedMs = isOnBoundary ? timing.sumMs(boundary) : anywhereMs;
        let expected = low;
        while (expected < high && timing.sumMs(expected) < elapsedMs) expected++;
        expect(timing.countReaching(elapsedMs, low, high)).toBe(expected);
      },
    ),
    { numRuns: 5000 },
  );
});
