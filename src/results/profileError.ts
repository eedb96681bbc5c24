import { calledRoles } from '../../sim/agents/calledRoles.js';
import { timeConfidence } from '../../sim/hardware/timeConfidence.js';
import { metricDefinition } from '../../sim/metrics/metricDefinitions.js';
import type { EnginePoolSpec, Scenario } from '../../sim/run/scenario.js';
import type { Budget } from '../config/loadedExperiment.js';

/** Times to a first token. In all others it is a part whose size differs from load to load. */
const firstTokenMetrics: ReadonlySet<string> = new Set(['ttft', 'clientTtft', 'rePrefill']);

/**
 * How far the hardware profiles behind a metric may be off, as a share: the largest error of the pools
 * that it is about. Only for times, which scale with those of the profile; 0 for everything else.
 */
export function profileError(
  scenario: Pick<Scenario, 'pools' | 'populations' | 'agents'>,
  about: Pick<Budget, 'metric' | 'population' | 'pool'>,
): number {
  return Math.max(0, ...profilesBehind(scenario, about).values());
}

/** The hardware profiles behind a metric by name, and how far each may be off. Empty for what is no time. */
export function profilesBehind(
  scenario: Pick<Scenario, 'pools' | 'populations' | 'agents'>,
  about: Pick<Budget, 'metric' | 'population' | 'pool'>,
): Map<string, number> {
  if (metricDefinition(about.metric)?.unit !== 'ms') return new Map();
  const roles = rolesOf(scenario, about.population);
  const pools = scenario.pools
    .filter((pool): pool is EnginePoolSpec => pool.kind === 'engine')
    .filter((pool) => about.pool === undefined || pool.name === about.pool)
    .filter(({ serves }) => roles === undefined || serves.some((role) => roles.has(role)));
  const errors = new Map<string, number>();
  for (const { deployment, engine } of pools) {
    const confidence = timeConfidence(deployment, engine.maxSequences);
    const error = firstTokenMetrics.has(about.metric) ? confidence.ttftError : confidence.error;
    const { name } = deployment.accelerator;
    errors.set(name, Math.max(error, errors.get(name) ?? 0));
  }
  return errors;
}

/** What a population of requests or sessions asks for; undefined: the metric is about no single one. */
function rolesOf(
  { populations, agents }: Pick<Scenario, 'populations' | 'agents'>,
  name: string | undefined,
): ReadonlySet<string> | undefined {
  const requests = populations.find((population) => population.name === name);
  if (requests !== undefined) return new Set([requests.role]);
  const sessions = agents?.populations.find((population) => population.name === name);
  return sessions && calledRoles(sessions);
}
