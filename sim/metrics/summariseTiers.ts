import type { TierRun } from '../facts/tierRun.js';
import type { Scenario } from '../run/scenario.js';
import { estimateMean } from './estimate.js';
import type { MeasuredWindow } from './measuredWindow.js';
import type { MeasuredRun } from './summariseRequests.js';
import type { MetricValue } from './summary.js';
import { timelineAverage } from './timelineAverage.js';

/** The metrics of the memory tiers of all pools over replications. */
export function summariseTiers(runs: readonly MeasuredRun[], scenario: Scenario): MetricValue[] {
  return scenario.pools.flatMap((spec, poolIndex) => {
    const tiers = spec.kind === 'engine' ? (spec.tiering?.tiers ?? []) : [];
    return tiers.flatMap(({ name }, tierIndex) =>
      tierValues(runs, poolIndex, tierIndex, `${spec.name}/${name}`),
    );
  });
}

function tierValues(
  runs: readonly MeasuredRun[],
  poolIndex: number,
  tierIndex: number,
  subject: string,
): MetricValue[] {
  const pools = runs.map(({ run }) => run.pools[poolIndex]!);
  const samples = pools.reduce((total, { completed }) => total + completed, 0);
  const value = (
    metric: MetricValue['metric'],
    of: (tier: TierRun, at: number, window: MeasuredWindow) => number,
  ): MetricValue => {
    const each = pools.map(({ tiers }, at) => of(tiers![tierIndex]!, at, runs[at]!.window));
    return { metric, subject, quantile: undefined, ...estimateMean(each, samples) };
  };
  const endMs = (at: number) => runs[at]!.run.endMs;
  return [
    value('tierHits', ({ loadedTokens }, at) => loadedTokens / pools[at]!.promptTokens),
    value(
      'tierUse',
      ({ timeline, capacityBlocks }, _, window) =>
        timelineAverage(timeline, 'usedKvBlocks', window) / capacityBlocks,
    ),
    value('tierReadBusy', ({ readBusyMs, stores }, at) => readBusyMs / stores / endMs(at)),
    value('tierWriteBusy', ({ writeBusyMs, stores }, at) => writeBusyMs / stores / endMs(at)),
    value('tierReadGigabytes', ({ loadedBytes }) => loadedBytes / 1e9),
    value('tierWrittenGigabytes', ({ writtenBytes }) => writtenBytes / 1e9),
  ];
}
