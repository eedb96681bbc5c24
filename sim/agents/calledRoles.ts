import { bodiesOf } from './bodiesOf.js';
import type { SessionPopulation } from './sessionPopulation.js';
import type { SessionReplayPopulation } from './sessionReplayPopulation.js';
import type { Body } from './taskGraph.js';

/** The model roles that the calls of a population ask for, sub-agents included. */
export function calledRoles(
  population: SessionPopulation | SessionReplayPopulation,
): ReadonlySet<string> {
  return new Set(
    population.kind === 'sessionReplay' ? [population.role] : rolesIn(population.workload.task),
  );
}

function rolesIn({ steps }: Body): string[] {
  return steps.flatMap((step) =>
    step.kind === 'infer' ? [step.role] : bodiesOf(step).flatMap(rolesIn),
  );
}
