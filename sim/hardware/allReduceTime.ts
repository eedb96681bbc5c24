import type { ScaleUpLink } from './accelerator.js';

/**
 * Time of an all-reduce of a message among a group of accelerators, by the size of the message: measured
 * times joined by straight lines where the link has a table for this group; otherwise latency plus the
 * 2·(n − 1)/n passes of a ring over the bandwidth. Beyond a table's ends: the first time, and the last
 * line continued.
 */
export function allReduceTime(
  link: ScaleUpLink | undefined,
  accelerators: number,
): (bytes: number) => number {
  if (link === undefined || accelerators <= 1) return () => 0;
  const table = link.allReduce.find((measured) => measured.accelerators === accelerators);
  if (table !== undefined) return lines(table.messageBytes, table.timesMs);
  const passes = (2 * (accelerators - 1)) / accelerators;
  const msPerByte = (1000 * passes) / link.bytesPerSec;
  return (bytes) => link.latencyMs + bytes * msPerByte;
}

function lines(xs: readonly number[], ys: readonly number[]): (x: number) => number {
  const starts = Float64Array.from(xs);
  const heights = Float64Array.from(ys);
  const slopes = heights.map((y, i) =>
    i + 1 < heights.length ? (heights[i + 1]! - y) / (starts[i + 1]! - starts[i]!) : 0,
  );
  const last = starts.length - 2;
  return (x) => {
    if (x <= starts[0]! || last < 0) return heights[0]!;
    let i = 0;
    while (i < last && x > starts[i + 1]!) i++;
    return heights[i]! + (x - starts[i]!) * slopes[i]!;
  };
}
