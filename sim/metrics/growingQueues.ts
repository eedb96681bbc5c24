import type { PoolTimeline } from '../facts/poolTimeline.js';
import type { RunResult } from '../run/runResult.js';
import { stabilityVerdict } from '../statistics/stabilityVerdict.js';
import type { MeanInterval } from '../statistics/tInterval.js';
import type { MeasuredRun } from './summariseRequests.js';
import { wholeBins } from './wholeBins.js';

/** A pool, gateway or resource whose waiting line grows without end, shown at 95% over all of them. */
export interface GrowingQueue {
  readonly name: string;
  readonly growthPerMs: MeanInterval;
}

/** Someone at whom work may wait, and how much of it was finished per ms. */
interface Station {
  readonly name: string;
  readonly timeline: PoolTimeline;
  readonly completed: number;
}

/**
 * The stations that fall behind, each judged by what waits there from `fromMs` on: one that is small may be
 * drowning in a fleet that as a whole hardly grows, and no request waits inside a pool for a tool.
 */
export function growingQueues(runs: readonly MeasuredRun[], fromMs: number): GrowingQueue[] {
  const byRun = runs.map(({ run }) => stationsOf(run));
  const stations = byRun[0]!;
  const confidence = 1 - 0.05 / Math.max(1, stations.length);
  return stations.flatMap(({ name }, index) => {
    const waiting = runs.map((measured, i) => waitingOf(byRun[i]![index]!, measured, fromMs));
    const { verdict, growthPerMs } = stabilityVerdict(waiting, confidence);
    return verdict === 'overloaded' ? [{ name, growthPerMs }] : [];
  });
}

function stationsOf({ gateway, pools, agents }: RunResult): readonly Station[] {
  return [...(gateway ? [gateway] : []), ...pools, ...(agents?.resources ?? [])];
}

/** What comes in is what is finished, and what waits more. */
function waitingOf({ timeline, completed }: Station, { run, window }: MeasuredRun, fromMs: number) {
  const { binMs } = timeline;
  const inside = wholeBins(timeline.waiting, binMs, fromMs, window.toMs);
  const completions = (completed * inside.length * binMs) / run.endMs;
  const growth = inside.length > 0 ? inside.at(-1)! - inside[0]! : 0;
  return { arrivals: completions + Math.max(0, growth), completions, binMs, inside };
}
