import type { Accelerator } from './accelerator.js';
import type { ModelArchitecture } from './modelArchitecture.js';

/** One model on the accelerators of one replica. */
export interface Deployment {
  readonly accelerator: Accelerator;
  readonly model: ModelArchitecture;
  /** Accelerators that share each layer. For pipeline machines: chips or wafers of the replica. */
  readonly tensorParallel: number;
  /** How these accelerators divide attention; undefined: `tensor`. Pipeline machines divide by layers. */
  readonly attention?: AttentionSplit;
  /** Each accelerator holds whole routed experts instead of a slice of all; undefined: false. */
  readonly expertParallel?: boolean;
  /**
   * Data-parallel attention: coefficient of variation of the contexts that are in a batch at once. Sequences are
   * dealt out by number, so the accelerator with the longest of them decides. Undefined: 0, all are alike.
   */
  readonly contextSpread?: number;
  readonly weightPrecision: Precision;
  readonly kvPrecision: Precision;
  /** Share of the memory that weights and KV may fill, 0–1. */
  readonly memoryShare: number;
  /** Longest context accepted, below what the model accepts; undefined: the model's. */
  readonly maxContextTokens?: number;
  /** Batch sizes of captured decode graphs, ascending: a decode batch is padded to the next. Empty: no padding. */
  readonly graphSizes: readonly number[];
}

/**
 * `tensor`: each accelerator works on some heads of every sequence. `data`: each works on all heads of some
 * sequences and holds their KV; attention weights are on every one. `context`: each holds an equal part of the
 * tokens of every sequence and attends to them; projections are divided as for `tensor`. All else is divided alike.
 */
export const attentionSplits = ['tensor', 'data', 'context'] as const;
export type AttentionSplit = (typeof attentionSplits)[number];

export const precisions = ['bf16', 'fp8', 'int8', 'fp4', 'int4'] as const;
export type Precision = (typeof precisions)[number];
