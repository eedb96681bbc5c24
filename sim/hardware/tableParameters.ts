import type { HostTime } from './rooflineParameters.js';

/** Measured iteration times of one deployment. They hold for that model and parallelism only. */
export interface TableParameters {
  readonly kind: 'table';
  /** Pure decode: `timesMs[i][j]` for `rows[i]` sequences of `contextTokens[j]` tokens each. */
  readonly decode: {
    readonly rows: readonly number[];
    readonly contextTokens: readonly number[];
    readonly timesMs: readonly (readonly number[])[];
  };
  /** Pure prefill: `timesMs[i][j]` for `tokens[i]` prompt tokens computed after `priorTokens[j]`. */
  readonly prefill: {
    readonly tokens: readonly number[];
    readonly priorTokens: readonly number[];
    readonly timesMs: readonly (readonly number[])[];
  };
  readonly host: HostTime;
}
