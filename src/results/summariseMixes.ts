import { findWarmup } from '../../sim/metrics/findWarmup.js';
import { measuredWindow } from '../../sim/metrics/measuredWindow.js';
import { summarise } from '../../sim/metrics/summarise.js';
import { summariseTurnCost } from '../../sim/metrics/summariseTurnCost.js';
import type { Summary } from '../../sim/metrics/summary.js';
import type { RunResult } from '../../sim/run/runResult.js';
import type { Scenario } from '../../sim/run/scenario.js';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import type { ComparedMix, ReplicationFacts } from './comparedMix.js';
import { judgeBudgets } from './judgeBudgets.js';
import { requestLimitsOf } from './requestLimitsOf.js';

/** A mix and its replications, the same numbers in every mix. At least one. */
export interface SimulatedMix {
  readonly name: string;
  readonly experiment: LoadedExperiment;
  readonly runs: readonly RunResult[];
}

/**
 * Summarises mixes for a comparison. They are measured over the same time: the latest of their warm-ups is
 * cut from all of them. A mix that never left its warm-up keeps all of its time, and carries no verdict.
 */
export function summariseMixes(mixes: readonly SimulatedMix[]): ComparedMix[] {
  const found = mixes.map(({ name, experiment, runs }) => ({
    name,
    ...findWarmup(runs, experiment.scenario),
  }));
  const latest = found
    .filter(({ isRefused }) => !isRefused)
    .reduce((last, each) => (each.untilMs > last.untilMs ? each : last), found[0]!);
  const quantiles = new Set(
    mixes.flatMap(({ experiment }) => experiment.budgets.map(({ quantile }) => quantile)),
  );
  quantiles.delete(undefined);
  return mixes.map((mix, index) => {
    const own = found[index]!;
    const rule = own.untilMs === latest.untilMs ? own.rule : `as ${latest.name}: ${latest.rule}`;
    const warmup: Summary['warmup'] = own.isRefused
      ? { untilMs: own.untilMs, rule: own.rule, isRefused: true }
      : { untilMs: latest.untilMs, rule, isRefused: false };
    return summariseMix(mix, warmup, [...quantiles] as number[]);
  });
}

function summariseMix(
  { name, experiment, runs }: SimulatedMix,
  warmup: Summary['warmup'],
  extraQuantiles: readonly number[],
): ComparedMix {
  const { scenario, budgets } = experiment;
  const options = { limits: requestLimitsOf(budgets), extraQuantiles };
  const { untilMs } = warmup;
  const cut: Scenario = { ...scenario, warmup: { kind: 'cut', untilMs } };
  const summary = warmup.isRefused
    ? summarise(runs, scenario, options)
    : { ...summarise(runs, cut, options), warmup };
  const replications = runs.map(
    (run): ReplicationFacts => ({
      replication: run.replication,
      metrics: summarise([run], cut, options).metrics,
      flowMinutesPerHour: flowMinutesPerHour(run, cut, untilMs),
    }),
  );
  const verdicts = judgeBudgets(budgets, summary, scenario);
  return { name, experiment, summary, verdicts, replications };
}

/** At 1 USD per hour, the cost of a minute of flow says how many of them an hour has. */
function flowMinutesPerHour(run: RunResult, scenario: Scenario, warmUntilMs: number): number {
  const window = measuredWindow(run, warmUntilMs, scenario.horizonMs);
  const costs = summariseTurnCost([{ run, window }], atOneUsdPerHour(scenario));
  const cost = costs.find(({ metric }) => metric === 'usdPerFlowMinute')?.value;
  return cost === undefined ? Number.NaN : 1 / cost;
}

/** The same world, where the first pool costs 1 USD per hour and nothing else costs anything. */
function atOneUsdPerHour(scenario: Scenario): Scenario {
  const { gateway, agents } = scenario;
  const pools = scenario.pools.map((pool, index) => {
    const usd = index === 0 ? 1 : 0;
    return pool.kind === 'engine'
      ? { ...pool, usdPerReplicaHour: usd / pool.replicas }
      : { ...pool, usdPerServerHour: usd / pool.servers };
  });
  return {
    ...scenario,
    pools,
    gateway: gateway && { ...gateway, usdPerHour: 0 },
    ...(agents && {
      agents: {
        ...agents,
        resources: agents.resources.map((resource) => ({ ...resource, usdPerHour: 0 })),
      },
    }),
  };
}
