import type { Precision } from './deployment.js';
import type { PipelineParameters } from './pipelineParameters.js';
import type { RooflineParameters } from './rooflineParameters.js';
import type { TableParameters } from './tableParameters.js';

/** One accelerator of a kind: a GPU, a wafer, a chip. What it holds, moves and computes, and how its time is modelled. */
export interface Accelerator {
  readonly name: string;
  /** Memory that weights and KV live in: HBM, or the SRAM of a machine without DRAM. */
  readonly memoryBytes: number;
  /** Part of it that the runtime keeps: context, workspace, activations. */
  readonly reservedBytes: number;
  readonly memoryBytesPerSec: number;
  /** Dense peak rates. bf16 is the fallback for every precision that is missing. */
  readonly peakFlops: PeakFlops;
  /** Undefined: it shares no layers with others (pipeline machines hand tokens on instead). */
  readonly scaleUp: ScaleUpLink | undefined;
  /** One way to the memory of its host; undefined where nothing is published. Nothing is computed from it yet. */
  readonly hostBytesPerSec: number | undefined;
  /** One way out of the scale-up domain. */
  readonly scaleOutBytesPerSec: number | undefined;
  /** Hardware of the same format reads its KV cache; undefined: only its own kind does. */
  readonly kvFormat?: string;
  /** Nothing is computed from it yet. */
  readonly power: { readonly idleWatts: number; readonly busyWatts: number };
  /** How the time of an iteration is computed. */
  readonly cost: CostParameters;
  readonly calibration: Calibration;
}

export type CostParameters = RooflineParameters | PipelineParameters | TableParameters;

export type PeakFlops = Readonly<Partial<Record<Precision, number>>> & { readonly bf16: number };

/** Over which accelerators share a model. Collectives are measured on one of them, and hold for no other. */
export const linkTypes = ['nvlink', 'pcie', 'infinity-fabric', 'ici', 'neuronlink'] as const;
export type LinkType = (typeof linkTypes)[number];

/** The fast links between accelerators that share a model. */
export interface ScaleUpLink {
  /** Undefined: not said. */
  readonly type?: LinkType;
  /** Accelerators that reach each other directly. */
  readonly domain: number;
  /** Per accelerator, one way. */
  readonly bytesPerSec: number;
  /** Time of an all-reduce of an empty message. */
  readonly latencyMs: number;
  /** Measured all-reduce times by group size; other sizes use latency and bandwidth. */
  readonly allReduce: readonly AllReduceTable[];
}

/** Measured times of an all-reduce among `accelerators`; both lists ascend. */
export interface AllReduceTable {
  readonly accelerators: number;
  readonly messageBytes: readonly number[];
  readonly timesMs: readonly number[];
}

/** What measurements cover: beyond it, times are extrapolated. */
export interface MeasuredRange {
  readonly models: readonly string[];
  readonly weights: readonly Precision[];
  /** Fewest and most accelerators of a replica. */
  readonly accelerators: readonly [number, number];
  /** Most sequences in a batch. */
  readonly sequences: number;
  /** Longest context of one of them. */
  readonly contextTokens: number;
}

/** How far one model with weights in one precision was off, where it was measured. */
export interface MeasuredCell {
  readonly model: string;
  readonly weights: Precision;
  /** Mean absolute relative error of iterations or of TPOT, whichever is more. */
  readonly error: number;
  /** The same by a fit that did not see this cell; undefined: none was made. */
  readonly heldOut?: number;
  /** The same of TTFT; undefined: it was not measured. */
  readonly ttft?: number;
}

/** What the times of a profile rest on. Errors and bands are relative, 0.03 for 3%. */
export type Calibration =
  | {
      readonly kind: 'fitted';
      /** The measurements. */
      readonly on: string;
      readonly engine: string;
      readonly date: string;
      /** Mean absolute relative error on them. */
      readonly error: number;
      /** The same on measurements that the fit did not see; undefined: none were kept. */
      readonly heldOut?: number;
      /** What they cover; undefined: not recorded. */
      readonly measured?: MeasuredRange;
      /** What was measured, one by one; undefined: nothing finer than the errors above is known. */
      readonly cells?: readonly MeasuredCell[];
    }
  | {
      readonly kind: 'estimate';
      /** Half-width of the band around the times. */
      readonly band: number;
      /** The same for models of a class that have no time of their own in the profile; undefined: `band`. */
      readonly otherModels?: {
        readonly dense?: number | undefined;
        readonly experts?: number | undefined;
      };
      readonly because: string;
    };
