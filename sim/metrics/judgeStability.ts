import { Outcome } from '../facts/requestTable.js';
import type { Scenario } from '../run/scenario.js';
import {
  type InsideOverTime,
  type Stability,
  stabilityVerdict,
} from '../statistics/stabilityVerdict.js';
import type { MeasuredWindow } from './measuredWindow.js';
import type { MeasuredRun } from './summariseRequests.js';
import type { Summary } from './summary.js';

/**
 * Whether the fleet keeps up with what arrives, from the requests inside all pools and the gateway after
 * the warm-up; over the last half of the run where no warm-up was found.
 */
export function judgeStability(
  runs: readonly MeasuredRun[],
  warmup: Summary['warmup'],
  scenario: Pick<Scenario, 'horizonMs'>,
): Summary['stability'] {
  const fromMs = warmup.isRefused ? 0.5 * scenario.horizonMs : warmup.untilMs;
  const stability = stabilityVerdict(runs.map((run) => insideOverTime(run, fromMs)));
  return { verdict: stability.verdict, reason: reasonOf(stability) };
}

function insideOverTime({ run, window }: MeasuredRun, fromMs: number): InsideOverTime {
  const stations = run.gateway ? [run.gateway, ...run.pools] : run.pools;
  const { binMs } = run.pools[0]!.timeline;
  const firstBin = Math.ceil(fromMs / binMs);
  // Only whole bins: the last of a run may be cut short.
  const endBin = Math.floor(window.toMs / binMs);
  const inside = new Float64Array(Math.max(0, endBin - firstBin));
  for (const { timeline } of stations) {
    for (let i = 0; i < inside.length; i++) {
      inside[i]! += (timeline.waiting[firstBin + i] ?? 0) + (timeline.running[firstBin + i] ?? 0);
    }
  }
  const covered = { fromMs: firstBin * binMs, toMs: endBin * binMs };
  return { ...passedThrough(run, covered), binMs, inside };
}

function passedThrough(
  { requests, arrived, overflow }: MeasuredRun['run'],
  window: MeasuredWindow,
) {
  const isInside = (timeMs: number) => timeMs >= window.fromMs && timeMs < window.toMs;
  let arrivals = arrived - requests.count;
  let completions = overflow.reduce((total, part) => total + part.completed, 0);
  for (let row = 0; row < requests.count; row++) {
    const outcome = requests.outcome[row]!;
    if (outcome === Outcome.rejected || outcome === Outcome.neverFits) continue;
    if (isInside(requests.sentMs[row]!)) arrivals++;
    // Who gives up leaves too; who is still open has no finish.
    if (isInside(requests.finishMs[row]!)) completions++;
  }
  return { arrivals, completions };
}

function reasonOf(stability: Stability): string {
  const perSec = (perMs: number) => `${short(perMs * 1000)}/s`;
  const { mean, halfWidth } = stability.growthPerMs;
  const growth = Number.isNaN(halfWidth)
    ? `growth ${perSec(mean)}`
    : `growth ${short(mean * 1000)} ± ${perSec(halfWidth)}`;
  return [
    `${perSec(stability.arrivalsPerMs)} arrive, ${perSec(stability.completionsPerMs)} complete`,
    `${short(stability.insideMean)} inside on average, ${short(stability.insideAtEnd)} at the end`,
    growth,
  ].join('; ');
}

/** Three digits for reading. */
function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || value === 0) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(size >= 0.01 ? 2 : 4);
}
