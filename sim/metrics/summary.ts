import type { MetricId } from './metricDefinitions.js';

/** One number of the answer, with the evidence for it. */
export interface MetricValue {
  readonly metric: MetricId;
  /** Population or pool that it is about; undefined: the whole run. */
  readonly subject: string | undefined;
  /** 0–1 for a quantile, undefined for a mean, ratio, rate or count. */
  readonly quantile: number | undefined;
  /** Mean over replications; undefined where there is nothing to measure. */
  readonly value: number | undefined;
  /** Half-width of the 95% t-interval over replications; undefined with one replication. */
  readonly halfWidth: number | undefined;
  /**
   * The 95% interval on which budgets are judged: value ± halfWidth, stretched over the order-statistic
   * interval of the pooled samples where single replications are too short. Undefined without evidence.
   */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
  /** Samples behind it, over all replications. */
  readonly samples: number;
  /** Why no verdict may rest on it; undefined: one may. */
  readonly doubt: Doubt | undefined;
  /** What must be said in the same line: too few samples, grows with run length … */
  readonly note: string | undefined;
}

/** Kinds of missing evidence. */
export type Doubt =
  | 'noSamples'
  | 'tooFewSamples'
  | 'oneReplication'
  | 'someWithout'
  | 'stillOpen'
  | 'growsWithRunLength'
  | 'warmupNotOver'
  | 'limitReached';

export type StabilityVerdict = 'stable' | 'backlogged' | 'overloaded';

/** What one experiment showed, over its replications. */
export interface Summary {
  /** Engine version whose semantics were simulated. */
  readonly engine: string;
  readonly seed: string;
  /** Replications behind the numbers: fewer than asked for when the run was interrupted. */
  readonly replications: number;
  readonly stability: {
    readonly verdict: StabilityVerdict;
    /** The figures behind it: arrivals and completions per second, growth of the requests inside. */
    readonly reason: string;
  };
  readonly warmup: {
    readonly untilMs: number;
    readonly rule: string;
    /** True: the run is too short to tell where the warm-up ends, so nothing was cut. */
    readonly isRefused: boolean;
  };
  /** Time after the warm-up and before arrivals stop, over all replications. */
  readonly measuredMs: number;
  readonly metrics: readonly MetricValue[];
  readonly outcomes: readonly { readonly outcome: string; readonly count: number }[];
  /** How turns ended; empty without session populations. */
  readonly turns: readonly { readonly end: string; readonly count: number }[];
  /** What else must be known before the numbers are believed, a sentence each. */
  readonly remarks: readonly string[];
  /** One per replication. */
  readonly fingerprints: readonly string[];
  readonly events: number;
}
