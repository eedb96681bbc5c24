import type { PoolTimeline } from '../run/runResult.js';
import type { MeasuredWindow } from './measuredWindow.js';

/** The levels of a timeline that are averages over time. */
export type TimelineLevel = {
  [Key in keyof PoolTimeline]: PoolTimeline[Key] extends Float64Array ? Key : never;
}[keyof PoolTimeline];

/**
 * Time average of a level over a window; NaN over an empty one. A bin that lies across an end of the
 * window counts by its part inside.
 */
export function timelineAverage(
  timeline: PoolTimeline,
  level: TimelineLevel,
  window: MeasuredWindow,
): number {
  const { binMs, binCount } = timeline;
  const values = timeline[level];
  let integral = 0;
  let coveredMs = 0;
  const last = Math.min(binCount - 1, Math.ceil(window.toMs / binMs) - 1);
  for (let bin = Math.floor(window.fromMs / binMs); bin <= last; bin++) {
    const insideMs =
      Math.min(window.toMs, (bin + 1) * binMs) - Math.max(window.fromMs, bin * binMs);
    integral += values[bin]! * insideMs;
    coveredMs += insideMs;
  }
  return coveredMs > 0 ? integral / coveredMs : Number.NaN;
}
