import type { TimeGrid } from '../kernel/timeGrid.js';
import type { Deployment } from './deployment.js';
import { pipelineCost } from './pipelineCost.js';
import { rooflineCost } from './rooflineCost.js';
import { tableCost } from './tableCost.js';

/**
 * What one iteration of a replica computes: all that its time depends on. Whole numbers, filled by the
 * engine. A row is a sequence in the batch; a decode row computes one token (more under speculative decoding),
 * a chunk a piece of a prompt.
 */
export interface BatchShape {
  decodeRows: number;
  /** 1, or under speculative decoding 1 + drafted tokens. Each attends to all before it, whose KV is read once. */
  tokensPerDecodeRow: number;
  chunks: number;
  /** Prompt tokens computed, over all chunks. */
  chunkTokens: number;
  /** Query-key pairs of the chunks: for each, chunk·(context after it) − chunk·(chunk − 1)/2. */
  chunkPairs: number;
  /** Tokens before the chunks, whose keys and values the chunks read again. */
  chunkPriorTokens: number;
  /** Tokens read by the decode rows: the sum of their contexts, new and drafted tokens included. */
  decodeContextTokens: number;
  /** The three counts above for layers that see only a window: each context capped at `windowTokens`. */
  windowedChunkPairs: number;
  windowedChunkPriorTokens: number;
  windowedDecodeContextTokens: number;
  /** Positions whose next token is sampled: all tokens of decode rows, and one per chunk that completes its prompt. */
  sampledRows: number;
}

/**
 * The time of an iteration on one replica. All values are ms on the time grid of the run.
 *
 * Contract: for pure decode batches (`chunks` = 0) of an affine model,
 * `deviceMs(shape after k more iterations of the same rows) = deviceMs(shape) + k · decodeGrowthMs(rows, growingRows)`
 * exactly, where each iteration adds one token to every context. The fast engine jumps on that, unless it speculates.
 */
export interface IterationCost {
  /** Window of the sliding-window layers in tokens; 0 when every layer sees the whole context. */
  readonly windowTokens: number;
  /** False: the time is not affine in the context (a measured table), so the engine adds up iteration by iteration. */
  readonly isAffine: boolean;
  /** Time on the accelerators. */
  deviceMs(shape: BatchShape): number;
  /** Growth of `deviceMs` per further iteration of the same decode rows; `growingRows` are still inside the window. */
  decodeGrowthMs(decodeRows: number, growingRows: number): number;
  /** Time of the host per iteration: scheduling and input preparation for this many rows. */
  hostMs(rows: number): number;
  /** Time added to every asynchronous iteration, where host and device meet. */
  readonly syncMs: number;
  /**
   * Bytes moved and operations done on one accelerator, for MBU and MFU, by so many iterations (default 1) of the
   * same rows, each with one token more in every context. The next call fills the same object.
   */
  work(shape: BatchShape, iterations?: number, growingRows?: number): IterationWork;
}

export interface IterationWork {
  memoryBytes: number;
  flops: number;
}

/** A batch without rows, to be filled: every count is 0, and a decode row would compute one token. A new object each time. */
export function emptyBatchShape(): BatchShape {
  return {
    decodeRows: 0,
    tokensPerDecodeRow: 1,
    chunks: 0,
    chunkTokens: 0,
    chunkPairs: 0,
    chunkPriorTokens: 0,
    decodeContextTokens: 0,
    windowedChunkPairs: 0,
    windowedChunkPriorTokens: 0,
    windowedDecodeContextTokens: 0,
    sampledRows: 0,
  };
}

/** The cost model of a deployment, of the kind that its accelerator names, on the time grid of a run. */
export function iterationCost(deployment: Deployment, grid: TimeGrid): IterationCost {
  const { cost } = deployment.accelerator;
  switch (cost.kind) {
    case 'roofline':
      return rooflineCost(deployment, cost, grid);
    case 'pipeline':
      return pipelineCost(deployment, cost, grid);
    case 'table':
      return tableCost(deployment, cost, grid);
  }
}
