/**
 * A law: how a quantity varies. Values are in the base unit of the quantity that it describes
 * (ms for durations, tokens for lengths, requests per ms for rates).
 */
export type LawKind =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'lognormal'; readonly median: number; readonly sigma: number }
  | { readonly kind: 'gamma'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'pareto'; readonly min: number; readonly alpha: number }
  | { readonly kind: 'weibull'; readonly scale: number; readonly shape: number }
  /** Ranks 1…count, probability ∝ rank^−exponent. */
  | { readonly kind: 'zipf'; readonly count: number; readonly exponent: number }
  /** Observed values with optional weights; sampled as they are, without interpolation. */
  | {
      readonly kind: 'empirical';
      readonly values: readonly number[];
      readonly weights?: readonly number[];
    }
  | {
      readonly kind: 'mixture';
      readonly parts: readonly { readonly weight: number; readonly law: Law }[];
    };

/** A law with its trims, applied in this order: `plus`, `round`, then clamped to [`atLeast`, `atMost`] (both included). */
export type Law = LawKind & {
  readonly plus?: number;
  readonly round?: 'down' | 'nearest' | 'up';
  readonly atLeast?: number;
  readonly atMost?: number;
};
