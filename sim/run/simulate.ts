import { invariant } from '../kernel/invariant.js';
import { timeGridFor } from '../kernel/timeGrid.js';
import type { RunResult } from './runResult.js';
import type { Scenario } from './scenario.js';
import { SimulatedWorld } from './simulatedWorld.js';

export interface SimulateOptions {
  /** Names the random numbers, with `replication`. */
  readonly seed: string;
  /** 0, 1, 2 …: independent repetitions of the same experiment. */
  readonly replication: number;
  /** Called now and then with the simulated time and the events so far. */
  readonly onProgress?: (simulatedMs: number, events: number) => void;
}

const eventsPerReport = 1 << 15;

/**
 * Runs one scenario once. The same scenario, seed and replication give the same result to the last bit,
 * on any machine.
 */
export function simulate(scenario: Scenario, options: SimulateOptions): RunResult {
  const grid = timeGridFor(scenario.horizonMs);
  invariant(grid !== undefined, `horizon of ${scenario.horizonMs} ms is beyond the clock`);
  const world = new SimulatedWorld(scenario, grid, `${options.seed}/${options.replication}`);
  const { calendar } = world;
  const { maxEvents } = scenario.limits;
  const untilMs = scenario.drain ? grid.maxMs : scenario.horizonMs;
  let events = 0;
  let ending: RunResult['ending'] = scenario.drain ? 'drained' : 'horizon';
  for (;;) {
    const share = Math.min(eventsPerReport, maxEvents - events);
    const ran = calendar.run(untilMs, share);
    events += ran;
    if (ran < share) break;
    if (events === maxEvents) {
      ending = 'eventLimit';
      break;
    }
    options.onProgress?.(calendar.nowMs, events);
  }
  if (scenario.drain && ending === 'drained' && calendar.peekMs() < Number.POSITIVE_INFINITY) {
    ending = 'clockLimit';
  }
  // A run that drains before the horizon still lasts to the horizon: nothing came in what was left.
  const isWhole = ending === 'horizon' || ending === 'drained';
  const endMs = isWhole ? Math.max(scenario.horizonMs, calendar.nowMs) : calendar.nowMs;
  return {
    scenarioName: scenario.name,
    seed: options.seed,
    replication: options.replication,
    ending,
    endMs,
    events,
    ...world.finish(endMs),
  };
}
