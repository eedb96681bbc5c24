import type { TimeGrid } from '../kernel/timeGrid.js';
import { bilinear } from './bilinear.js';
import type { Deployment } from './deployment.js';
import { hostTime } from './hostTime.js';
import type { IterationCost } from './iterationCost.js';
import { iterationWork } from './iterationWork.js';
import { modelShare } from './modelShare.js';
import type { TableParameters } from './tableParameters.js';

/**
 * Time of an iteration from measured tables, bilinear between the points and continued along the last
 * line beyond them. A batch of decodes is looked up by its rows and its mean context, chunks by their
 * tokens and the tokens before them. In a mixed batch the chunk costs what it adds to a prefill that
 * already has one token per decode row, so that the weights are read once. Under speculative decoding a row
 * counts as one per token, which share its context: as many tokens computed, and its KV read once.
 */
export function tableCost(
  deployment: Deployment,
  parameters: TableParameters,
  grid: TimeGrid,
): IterationCost {
  const { model, tensorParallel, weightPrecision, kvPrecision, attention } = deployment;
  const share = modelShare(model, tensorParallel, weightPrecision, kvPrecision, attention);
  const decode = parameters.decode;
  const prefill = parameters.prefill;
  const decodeMs = bilinear(decode.rows, decode.contextTokens, decode.timesMs);
  const prefillMs = bilinear(prefill.tokens, prefill.priorTokens, prefill.timesMs);
  return {
    windowTokens: model.slidingWindow?.tokens ?? 0,
    isAffine: false,
    deviceMs(shape) {
      const { decodeContextTokens, chunks, chunkTokens, chunkPriorTokens } = shape;
      const decodeRows = shape.decodeRows * shape.tokensPerDecodeRow;
      if (decodeRows === 0) {
        return chunks === 0 ? 0 : grid.round(prefillMs(chunkTokens, chunkPriorTokens));
      }
      const decodesMs = decodeMs(decodeRows, decodeContextTokens / decodeRows);
      if (chunks === 0) return grid.round(decodesMs);
      const addedMs =
        prefillMs(chunkTokens + decodeRows, chunkPriorTokens) - prefillMs(decodeRows, 0);
      return grid.round(decodesMs + Math.max(0, addedMs));
    },
    decodeGrowthMs: () => 0,
    ...hostTime(parameters.host, grid),
    work: iterationWork(model, share, 1),
  };
}
