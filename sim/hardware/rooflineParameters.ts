import type { Precision } from './deployment.js';

/** Coefficients of the roofline cost model: how near its peaks a machine with a large memory comes. */
export interface RooflineParameters {
  readonly kind: 'roofline';
  /** bf16 stands in for every precision that is missing. */
  readonly efficiency: Readonly<Partial<Record<Precision, Efficiency>>> & {
    readonly bf16: Efficiency;
  };
  /** Grouped matrix multiplications of routed experts. */
  readonly experts: ExpertEfficiency;
  /** Attention's fixed time per sequence and layer. */
  readonly perSequenceMs: number;
  readonly unfused: UnfusedWork;
  readonly host: HostTime;
}

/** Shares of a peak that long runs of one kind of work reach, 0–1, for weights or KV of one precision. */
export interface Efficiency {
  /** Of the dense peak rate of this precision, by matrix multiplications. */
  readonly matmul: number;
  /** Of the memory bandwidth, while weights stream. */
  readonly weights: number;
  /** Of the memory bandwidth, while decode attention reads KV. */
  readonly kv: number;
  /** Of the bf16 peak rate, by attention over long prompts. */
  readonly attention: number;
  /** Time of a layer that shrinks with nothing: start-up of its kernels. */
  readonly perLayerMs: number;
  /** Streaming of weights for a single token, as a multiple of that for several: kernels for one row differ. Undefined: 1. */
  readonly oneToken?: number;
  /** Extra start-up of a layer for a single token, where its kernels take a slower path. Undefined: 0. */
  readonly oneTokenPerLayerMs?: number;
}

export interface ExpertEfficiency {
  /** Rate of grouped matrix multiplications as a share of dense ones. */
  readonly matmulShare: number;
  /** Extra start-up time per layer with experts: routing, permutation, grouped kernels. */
  readonly perLayerMs: number;
  /** Rows of padding per touched expert: the half-filled last tile of its tokens. */
  readonly paddingTokens: number;
}

/** Small kernels between the large ones: norms, rotary embedding, activation function, residuals. */
export interface UnfusedWork {
  readonly perLayerMs: number;
  /** Bytes moved as a multiple of one pass over their inputs and outputs. */
  readonly activationTraffic: number;
}

/** Time of the engine's own processes per iteration. */
export interface HostTime {
  readonly perIterationMs: number;
  readonly perRowMs: number;
  /** Added to every asynchronous iteration, where host and device meet. */
  readonly syncMs: number;
}
