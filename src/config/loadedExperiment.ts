import type { MetricId } from '../../sim/metrics/metricDefinitions.js';
import type { Scenario } from '../../sim/run/scenario.js';
import type { Mistake } from '../mistakes/mistakes.js';

/** An experiment file, read, checked and resolved: all that a run needs. */
export interface LoadedExperiment {
  /** As the user gave it. */
  readonly file: string;
  readonly name: string;
  /** Which fleet of the file this is, by its name under `mixes:`; absent where the file has only one. */
  readonly mix?: string | undefined;
  readonly about: string | undefined;
  readonly seed: string;
  readonly replications: number;
  /** Horizon and replications were shortened by `--quick`. */
  readonly isQuick: boolean;
  readonly scenario: Scenario;
  readonly budgets: readonly Budget[];
  /** The free arithmetic before a run. */
  readonly fit: readonly FitLine[];
  /** 64 hex digits: SHA-256 of everything above that changes results or verdicts; no file names or positions. */
  readonly configHash: string;
  readonly populations: readonly PopulationInfo[];
  readonly pools: readonly PoolInfo[];
  /** What replica counts became so that all mixes cost the same. */
  readonly adjusted?: readonly Adjustment[];
}

/** A replica count that was changed so that a mix costs what the first one does. */
export interface Adjustment {
  readonly pool: string;
  readonly from: number;
  readonly to: number;
}

export type LoadResult =
  | {
      readonly ok: true;
      readonly experiment: LoadedExperiment;
      readonly warnings: readonly Mistake[];
    }
  /** 2: a mistake in the content of a file; 4: a file is absent or unreadable. */
  | { readonly ok: false; readonly exitCode: 2 | 4; readonly mistakes: readonly Mistake[] };

/** A bound on a metric, in its base unit (ratios 0–1). At least one of `min` and `max` is given. */
export interface Budget {
  readonly metric: MetricId;
  /** 0–1; undefined: the mean, ratio, rate or count. */
  readonly quantile: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Population or pool that it is about; both undefined: the whole run. */
  readonly population: string | undefined;
  readonly pool: string | undefined;
  /** `warn`: a broken budget is reported, but fails nothing. */
  readonly level: 'fail' | 'warn';
  /** In the experiment file, from 1. */
  readonly line: number;
}

/** One line of the arithmetic before a run. */
export type FitLine = MemoryFit | LoadFit | PeopleFit;

/** What one replica of a pool holds. */
export interface MemoryFit {
  readonly kind: 'memory';
  readonly pool: string;
  /** Per accelerator. */
  readonly weightBytes: number;
  readonly memoryBytes: number;
  /** Tokens of context that one replica holds at once. */
  readonly kvTokens: number;
  /** Mean context (prompt and output) of the requests that may come here; undefined when none do. */
  readonly meanContextTokens: number | undefined;
  readonly text: string;
}

/** How many humans of a closed population the fleet is roughly enough for. */
export interface PeopleFit {
  readonly kind: 'people';
  readonly population: string;
  readonly users: number;
  /** LLM calls of each, by the hour, on a fleet that makes nobody wait. */
  readonly callsPerUserHour: number;
  /** Users of this kind alone whose calls the pools could roughly do. */
  readonly possibleUsers: number;
  readonly text: string;
}

/** What is asked of the pools that serve a role, against what they can roughly do. */
export interface LoadFit {
  readonly kind: 'load';
  readonly role: string;
  readonly offeredPerSec: number;
  readonly capacityPerSec: number;
  /** offered / capacity. Above 1 the queue grows without end. */
  readonly load: number;
  readonly text: string;
}

/** What is printed about a population. */
export interface PopulationInfo {
  readonly name: string;
  readonly workload: string;
  /** Model roles that it asks for, with commas between them. */
  readonly role: string;
  readonly interactive: boolean;
  /** Mean rate of LLM calls over the horizon; of sessions, an estimate for a fleet that never makes them wait. */
  readonly requestsPerSec: number;
  /** Of a closed population. */
  readonly users?: number;
}

/** What is printed about a pool or the gateway. */
export interface PoolInfo {
  readonly name: string;
  readonly kind: 'engine' | 'station' | 'gateway' | 'tools' | 'store' | 'model' | 'sandboxes';
  /** Replicas, servers, connections or sandboxes; Infinity for a gateway without a queue. */
  readonly units: number;
  readonly hardware: string | undefined;
  readonly model: string | undefined;
  readonly acceleratorsPerUnit: number | undefined;
  /** `fp8 weights, fp8 KV`. */
  readonly precision: string | undefined;
  readonly usdPerUnitHour: number | undefined;
  /** `on-demand`, `reserved`, `owned`, `as written` or `no price`. */
  readonly priceBasis: string;
  /** Why a figure of the file is what it is, where nobody published one. */
  readonly priceAssumption?: string;
  /** How long the hardware is rented for at that price: `1 year`. */
  readonly priceTerm?: string;
  /** What the times of the hardware profile rest on: calibrated or extrapolated, with the error, or an estimate with its band. */
  readonly confidence: string | undefined;
  /** Pool that decodes what this one has computed the prompts of. */
  readonly handsOverTo?: string;
}
