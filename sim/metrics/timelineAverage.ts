import type { PoolTimeline } from '../facts/poolTimeline.js';
import type { MeasuredWindow } from './measuredWindow.js';

/** The levels of a timeline: averages over each bin. */
export type TimelineLevel = 'busyUnits' | 'running' | 'waiting' | 'usedKvBlocks' | 'cachedKvBlocks';

/** What a timeline counts in each bin. */
export type TimelineTotal = 'flops' | 'memoryBytes';

/**
 * Time average of a level over a window; NaN over an empty one. A bin that lies across an end of the
 * window counts by its part inside.
 */
export function timelineAverage(
  timeline: PoolTimeline,
  level: TimelineLevel,
  window: MeasuredWindow,
): number {
  let integral = 0;
  let coveredMs = 0;
  forEachBin(timeline, window, (bin, insideMs) => {
    integral += timeline[level][bin]! * insideMs;
    coveredMs += insideMs;
  });
  return coveredMs > 0 ? integral / coveredMs : Number.NaN;
}

/**
 * What was counted per ms of a window; NaN over an empty one. The ends of the window are off by up to one
 * iteration.
 */
export function timelineRate(
  timeline: PoolTimeline,
  total: TimelineTotal,
  window: MeasuredWindow,
): number {
  let counted = 0;
  let coveredMs = 0;
  forEachBin(timeline, window, (bin, insideMs) => {
    counted += (timeline[total][bin]! * insideMs) / timeline.binMs;
    coveredMs += insideMs;
  });
  return coveredMs > 0 ? counted / coveredMs : Number.NaN;
}

function forEachBin(
  { binMs, binCount }: PoolTimeline,
  { fromMs, toMs }: MeasuredWindow,
  see: (bin: number, insideMs: number) => void,
): void {
  const last = Math.min(binCount - 1, Math.ceil(toMs / binMs) - 1);
  for (let bin = Math.floor(fromMs / binMs); bin <= last; bin++) {
    see(bin, Math.min(toMs, (bin + 1) * binMs) - Math.max(fromMs, bin * binMs));
  }
}
