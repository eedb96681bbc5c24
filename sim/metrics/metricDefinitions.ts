import { costMetrics } from './costMetrics.js';
import { humanMetrics } from './humanMetrics.js';
import type { MetricDefinition } from './metricDefinition.js';
import { poolMetrics } from './poolMetrics.js';
import { requestMetrics } from './requestMetrics.js';
import { resourceMetrics } from './resourceMetrics.js';
import { tierMetrics } from './tierMetrics.js';
import { turnCostMetrics } from './turnCostMetrics.js';

/** Every metric of a run, in the order in which results list them. */
export const metricDefinitions = [
  ...humanMetrics,
  ...requestMetrics,
  ...poolMetrics,
  ...tierMetrics,
  ...resourceMetrics,
  ...costMetrics,
  ...turnCostMetrics,
] as const;

export type MetricId = (typeof metricDefinitions)[number]['id'];

const definitionById: ReadonlyMap<string, MetricDefinition> = new Map(
  metricDefinitions.map((definition) => [definition.id, definition]),
);

/** The definition of a metric; undefined for a name that is none. */
export function metricDefinition(id: string): MetricDefinition | undefined {
  return definitionById.get(id);
}
