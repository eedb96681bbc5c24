import type { MetricValue, Summary } from '../../sim/metrics/summary.js';
import type { LoadedExperiment } from '../config/loadedExperiment.js';
import type { BudgetVerdict } from './judgeBudgets.js';

/** One mix of a comparison: simulated, summarised and judged. */
export interface ComparedMix {
  /** As tables name it. */
  readonly name: string;
  readonly experiment: LoadedExperiment;
  readonly summary: Summary;
  readonly verdicts: readonly BudgetVerdict[];
  /** What each replication showed alone, after the same warm-up; in the order of their numbers. */
  readonly replications: readonly ReplicationFacts[];
}

/** One replication of a mix. */
export interface ReplicationFacts {
  /** The same number in two mixes: the same random numbers. */
  readonly replication: number;
  readonly metrics: readonly MetricValue[];
  /** Minutes that all humans together spent in flow, per hour; NaN without humans. */
  readonly flowMinutesPerHour: number;
}
