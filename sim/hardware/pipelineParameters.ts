/** Coefficients of the pipeline cost model: machines whose weights stay in SRAM while tokens pass the layers. */
export interface PipelineParameters {
  readonly kind: 'pipeline';
  /** Time of a token in one layer, by class of model. */
  readonly layerMs: { readonly dense: number; readonly experts: number };
  /** Models whose public speed or prefill rate is known, by name; sorted by nothing, looked up. */
  readonly byModel: Readonly<Record<string, ModelSpeed>>;
  /** Time from one chip or wafer to the next. */
  readonly hopMs: number;
  /** Tokens that one layer's stage works on at once; with more sequences than stages × this, they take turns. */
  readonly tokensPerStage: number;
  /** Share of the memory bandwidth that attention reaches, 0–1. */
  readonly kvEfficiency: number;
  /** Share of the bf16 peak rate that attention reaches in decode, 0–1. */
  readonly attentionEfficiency: number;
  /** Share of the bf16 peak rate of all chips that prefill reaches, 0–1. */
  readonly prefillEfficiency: number;
}

export interface ModelSpeed {
  readonly layerMs: number;
  /** Prompt tokens per second per chip or wafer, at any context; undefined: from `prefillEfficiency`. */
  readonly prefillTokensPerSec: number | undefined;
}
