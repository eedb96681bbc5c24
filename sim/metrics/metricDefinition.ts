/** What a metric measures, so that everything printed can be explained. */
export interface MetricDefinition {
  readonly id: string;
  /** As printed in tables. */
  readonly label: string;
  /** Base unit of the value; `ratio` is 0–1 and printed in percent. */
  readonly unit: MetricUnit;
  /** What the value can be asked for: a kind of request, a pool, or the whole run. */
  readonly subjects: readonly MetricSubject[];
  /** Quantiles that are shown; empty for a mean, ratio, rate or count. Each of them also has a mean. */
  readonly quantiles: readonly number[];
  /** One sentence: what it is in the world. */
  readonly definition: string;
  /** How it is computed, and over what. */
  readonly formula: string;
  readonly better: 'lower' | 'higher' | 'neither';
}

export type MetricUnit =
  | 'ms'
  | 'ratio'
  | 'requestsPerSec'
  | 'tokensPerSec'
  | 'bytesPerSec'
  | 'sequences'
  | 'requests'
  | 'contexts'
  | 'count'
  | 'tokens'
  | 'perHour'
  | 'minutesPerHour'
  | 'usd'
  | 'usdPerHour';

export type MetricSubject = 'population' | 'pool' | 'run';
