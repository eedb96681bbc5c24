import { Outcome } from '../facts/requestTable.js';
import type { Scenario } from '../run/scenario.js';
import {
  type InsideOverTime,
  type Stability,
  stabilityVerdict,
} from '../statistics/stabilityVerdict.js';
import type { MeanInterval } from '../statistics/tInterval.js';
import { crowdedLinks } from './crowdedLinks.js';
import { growingQueues } from './growingQueues.js';
import type { MeasuredWindow } from './measuredWindow.js';
import type { MeasuredRun } from './summariseRequests.js';
import type { Summary } from './summary.js';
import { wholeBins } from './wholeBins.js';

/**
 * Whether the fleet keeps up with what arrives, after the warm-up (over the last half of the run where no
 * warm-up was found): from the requests inside all pools, the gateway and the waits before a retry together,
 * from what waits at each pool and resource, and from what the links of hand-overs were to carry.
 */
export function judgeStability(
  runs: readonly MeasuredRun[],
  warmup: Summary['warmup'],
  scenario: Pick<Scenario, 'horizonMs'>,
): Summary['stability'] {
  const fromMs = warmup.isRefused ? 0.5 * scenario.horizonMs : warmup.untilMs;
  const stability = stabilityVerdict(runs.map((run) => insideOverTime(run, fromMs)));
  const growing = growingQueues(runs, fromMs);
  const queues = growing.map(
    ({ name, growthPerMs }) => `the queue of ${name} grows by ${rate(growthPerMs)}`,
  );
  const links = crowdedLinks(runs).map(
    ({ name, share }) => `the KV links of ${name} would need ${short(share)} times their bandwidth`,
  );
  const found = [...queues, ...links];
  return {
    verdict: found.length > 0 ? 'overloaded' : stability.verdict,
    reason: [...found, reasonOf(stability)].join('; '),
  };
}

function insideOverTime({ run, window }: MeasuredRun, fromMs: number): InsideOverTime {
  const { gateway, pools, retrying } = run;
  const timelines = [...(gateway ? [gateway] : []), ...pools].map(({ timeline }) => timeline);
  if (retrying) timelines.push(retrying);
  // A fleet of tools alone has no requests inside.
  const binMs = timelines[0]?.binMs ?? Math.max(1, window.toMs);
  const inside = wholeBins([], binMs, fromMs, window.toMs);
  for (const { waiting, running } of timelines) {
    const [wait, serve] = [waiting, running].map((level) =>
      wholeBins(level, binMs, fromMs, window.toMs),
    );
    for (let i = 0; i < inside.length; i++) inside[i]! += wait![i]! + serve![i]!;
  }
  const firstMs = Math.ceil(fromMs / binMs) * binMs;
  const covered = { fromMs: firstMs, toMs: firstMs + inside.length * binMs };
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
  return [
    `${perSec(stability.arrivalsPerMs)} arrive, ${perSec(stability.completionsPerMs)} complete`,
    `${short(stability.insideMean)} inside on average, ${short(stability.insideAtEnd)} at the end`,
    `growth ${rate(stability.growthPerMs)}`,
  ].join('; ');
}

function rate({ mean, halfWidth }: MeanInterval): string {
  return Number.isNaN(halfWidth) ? perSec(mean) : `${short(mean * 1000)} ± ${perSec(halfWidth)}`;
}

function perSec(perMs: number): string {
  return `${short(perMs * 1000)}/s`;
}

/** Three digits for reading. */
function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || value === 0) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(size >= 0.01 ? 2 : 4);
}
