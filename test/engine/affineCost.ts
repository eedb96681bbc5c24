import type { BatchShape, IterationCost } from '../../sim/hardware/iterationCost.js';
import type { TimeGrid } from '../../sim/kernel/timeGrid.js';

/** Real coefficients, in ms, of a cost that is affine in the context of decode batches. */
export interface AffineCoefficients {
  readonly windowTokens: number;
  /** Decode rows are padded to the next of these (ascending); above the last they are not. */
  readonly graphRows: readonly number[];
  readonly deviceMs: number;
  readonly perRowMs: number;
  readonly perSampledRowMs: number;
  readonly perChunkTokenMs: number;
  readonly perPairMs: number;
  readonly perPriorTokenMs: number;
  readonly perContextTokenMs: number;
  readonly perWindowedTokenMs: number;
  /** Per token of the mean context, whatever the number of rows: as where a token passes a pipeline of layers. */
  readonly perMeanContextTokenMs: number;
  readonly hostMs: number;
  readonly hostPerRowMs: number;
  readonly syncMs: number;
}

/** A cost on the grid: the constant part is rounded once per shape, each slope once. */
export function affineCost(real: AffineCoefficients, grid: TimeGrid): IterationCost {
  const perContextTokenMs = grid.round(real.perContextTokenMs);
  const perWindowedTokenMs = grid.round(real.perWindowedTokenMs);
  const perMeanContextTokenMs = grid.round(real.perMeanContextTokenMs);

  const constantMs = (shape: BatchShape) =>
    real.deviceMs +
    real.perRowMs *
      (paddedRows(shape.decodeRows, real.graphRows) * shape.tokensPerDecodeRow + shape.chunks) +
    real.perSampledRowMs * shape.sampledRows +
    real.perChunkTokenMs * shape.chunkTokens +
    real.perPairMs * (shape.chunkPairs + shape.windowedChunkPairs) +
    real.perPriorTokenMs * (shape.chunkPriorTokens + shape.windowedChunkPriorTokens);

  return {
    windowTokens: real.windowTokens,
    isAffine: true,
    deviceMs: (shape) =>
      grid.round(constantMs(shape)) +
      perContextTokenMs * shape.decodeContextTokens +
      perWindowedTokenMs * shape.windowedDecodeContextTokens +
      perMeanContextTokenMs * meanContextTokens(shape),
    decodeGrowthMs: (decodeRows, growingRows) =>
      perContextTokenMs * decodeRows + perWindowedTokenMs * growingRows + perMeanContextTokenMs,
    hostMs: (rows) => grid.round(real.hostMs + real.hostPerRowMs * rows),
    syncMs: grid.round(real.syncMs),
    work: contextWork,
  };
}

/** A token each of context and of computation: enough to see that work is counted. */
export function contextWork(shape: BatchShape): { memoryBytes: number; flops: number } {
  return {
    memoryBytes: shape.decodeContextTokens + shape.chunkPriorTokens,
    flops: shape.decodeRows * shape.tokensPerDecodeRow + shape.chunkTokens,
  };
}

/** Whole tokens, so that it grows by one per iteration of the same rows. */
function meanContextTokens(shape: BatchShape): number {
  return shape.decodeRows === 0 ? 0 : Math.floor(shape.decodeContextTokens / shape.decodeRows);
}

function paddedRows(rows: number, graphRows: readonly number[]): number {
  return graphRows.find((size) => size >= rows) ?? rows;
}
