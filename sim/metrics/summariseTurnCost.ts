import type { Scenario } from '../run/scenario.js';
import { countTasks } from './countTasks.js';
import { estimateCost } from './estimateCost.js';
import { fleetUsdPerHour } from './fleetPrice.js';
import { flowRuns } from './flowRuns.js';
import { sessionFacts } from './sessionFacts.js';
import type { MeasuredRun } from './summariseRequests.js';
import type { MetricValue } from './summary.js';
import { turnSlice } from './turnSlice.js';

/** What the fleet costs per turn, task and minute of flow. Empty without session populations; undefined values without prices. */
export function summariseTurnCost(runs: readonly MeasuredRun[], scenario: Scenario): MetricValue[] {
  const populations = sessionFacts(scenario);
  if (populations.length === 0) return [];
  const interactive = populations.filter((population) => population.interactive);
  const usdPerHour = fleetUsdPerHour(scenario);
  const counts = runs.map(({ run, window }) => ({
    ...countTasks(turnSlice(run, window, populations)),
    flowMinutes: flowRuns(turnSlice(run, window, interactive)).attendedMs / 60_000,
  }));
  const usd = runs.map(
    ({ window }) => ((usdPerHour ?? Number.NaN) * (window.toMs - window.fromMs)) / 3_600_000,
  );
  const value = (
    metric: MetricValue['metric'],
    unit: 'turns' | 'ended' | 'succeeded' | 'flowMinutes',
  ): MetricValue => {
    const units = counts.map((count) => count[unit]);
    const samples = counts.reduce((total, { turns }) => total + turns, 0);
    const subject = { metric, subject: undefined, quantile: undefined };
    return { ...subject, ...estimateCost(usd, units, samples) };
  };
  return [
    value('costPerTurn', 'turns'),
    value('costPerTask', 'ended'),
    value('costPerSuccessfulTask', 'succeeded'),
    value('usdPerFlowMinute', 'flowMinutes'),
  ];
}
