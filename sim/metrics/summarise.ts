import type { RunResult } from '../run/runResult.js';
import type { Scenario } from '../run/scenario.js';
import { assumedReadable } from './assumedReadable.js';
import { castDoubt } from './castDoubt.js';
import { engineVersion } from './engineVersion.js';
import { findWarmup } from './findWarmup.js';
import { judgeStability } from './judgeStability.js';
import { measuredWindow } from './measuredWindow.js';
import type { RequestLimit } from './requestLimits.js';
import { countOutcomes, remarksOn } from './runRemarks.js';
import { summariseCost } from './summariseCost.js';
import { summarisePools } from './summarisePools.js';
import { summariseRequests } from './summariseRequests.js';
import { summariseResources } from './summariseResources.js';
import { summariseTiers } from './summariseTiers.js';
import { summariseTurnCost } from './summariseTurnCost.js';
import { summariseTurns } from './summariseTurns.js';
import type { Summary } from './summary.js';
import { countTurnEnds, remarksOnTurns } from './turnRemarks.js';

/** What is asked of a summary beside the metrics themselves. */
export interface SummaryOptions {
  /** What makes a request good, for goodput. */
  readonly limits: readonly RequestLimit[];
  /** Quantiles of latencies wanted beside p50, p95 and p99: those that budgets name. */
  readonly extraQuantiles: readonly number[];
}

/** What the replications of one scenario showed. At least one replication. */
export function summarise(
  results: readonly RunResult[],
  scenario: Scenario,
  { limits, extraQuantiles }: SummaryOptions,
): Summary {
  const warmup = findWarmup(results, scenario);
  const runs = results.map((run) => ({
    run,
    window: measuredWindow(run, warmup.untilMs, scenario.horizonMs),
  }));
  const stability = judgeStability(runs, warmup, scenario);
  const all = summariseRequests(runs, undefined, limits, extraQuantiles);
  // With one population the whole run is that population.
  const [only, ...others] = [...scenario.populations, ...(scenario.agents?.populations ?? [])].map(
    ({ name }) => name,
  );
  const byPopulation =
    others.length === 0
      ? all.map((value) => ({ ...value, subject: only }))
      : [only, ...others].flatMap((population) =>
          summariseRequests(runs, population, limits, extraQuantiles),
        );
  const pools = summarisePools(runs, scenario, extraQuantiles);
  const isImpatient = scenario.pools.some((pool) => pool.kind === 'station' && pool.patienceMs);
  const metrics = [
    ...summariseTurns(runs, scenario, extraQuantiles),
    ...[...all, ...byPopulation].filter(({ metric }) => isImpatient || metric !== 'abandonedShare'),
    ...pools,
    ...summariseTiers(runs, scenario),
    ...summariseResources(runs, scenario),
    ...summariseCost(runs, scenario),
    ...summariseTurnCost(runs, scenario),
  ];
  const first = results[0]!;
  return {
    engine: engineVersion,
    seed: first.seed,
    replications: results.length,
    stability,
    warmup,
    measuredMs: runs.reduce((total, { window }) => total + window.toMs - window.fromMs, 0),
    metrics: castDoubt(metrics, { results, stability, warmup }),
    outcomes: countOutcomes(results),
    turns: countTurnEnds(results),
    remarks: [
      ...remarksOn(results, stability),
      ...remarksOnTurns(runs, scenario),
      ...assumedReadable(scenario),
    ],
    fingerprints: results.map((run) => run.fingerprint),
    events: results.reduce((total, run) => total + run.events, 0),
  };
}
