/** How requests (or sessions) of an open population arrive. Rates are per ms. */
export type ArrivalProcess =
  | { readonly kind: 'poisson'; readonly ratePerMs: number }
  /** Evenly spaced, the first after one gap. */
  | { readonly kind: 'constant'; readonly ratePerMs: number }
  /** Renewal processes with gaps of this coefficient of variation (1 = Poisson). */
  | { readonly kind: 'gamma'; readonly ratePerMs: number; readonly cv: number }
  | { readonly kind: 'weibull'; readonly ratePerMs: number; readonly cv: number }
  /** Poisson with a rate that is constant between breakpoints; the last rate holds to the end. `fromMs` rises from 0. */
  | {
      readonly kind: 'piecewise';
      readonly steps: readonly { readonly fromMs: number; readonly ratePerMs: number }[];
    }
  /** Poisson with rate mean·(1 + amplitude·cos(2π(t − peak)/period)), 0 ≤ amplitude ≤ 1. */
  | {
      readonly kind: 'diurnal';
      readonly meanRatePerMs: number;
      readonly amplitude: number;
      readonly peakMs: number;
      readonly periodMs: number;
    };
