import type { TimeGrid } from '../kernel/timeGrid.js';
import { DecodeTimes } from './decodeTimes.js';
import type { Deployment } from './deployment.js';
import type { BatchShape, IterationCost } from './iterationCost.js';
import { iterationWork } from './iterationWork.js';
import { type AttentionWork, type ModelShare, modelShare } from './modelShare.js';
import type { PipelineParameters } from './pipelineParameters.js';

/**
 * Time of an iteration on machines that keep the weights in SRAM, layers side by side, and pass tokens
 * through them: wafers, LPUs. A token takes the same time alone or among others, until more sequences
 * than the pipeline has places take turns:
 *
 *   t = (layers · layer time + hops) · max(1, rows / places) + context term + prompt tokens / prefill rate
 *
 * The context term is the attention of a token, layer after layer, on the chips that hold the layer.
 * Prefill occupies the same pipeline, so a chunk adds to the decodes beside it. All of the host's time is
 * inside the public speeds that the layer times come from.
 */
export function pipelineCost(
  deployment: Deployment,
  parameters: PipelineParameters,
  grid: TimeGrid,
): IterationCost {
  const { model, tensorParallel: chips, weightPrecision, kvPrecision } = deployment;
  const share = modelShare(model, 1, weightPrecision, kvPrecision);
  const passMs =
    model.layers * layerTimeMs(deployment, parameters) + (chips - 1) * parameters.hopMs;
  const places = model.layers * parameters.tokensPerStage;
  const turns = (rows: number) => Math.max(1, rows / places);
  const fullMs = contextMsPerToken(deployment, parameters, share.full);
  const windowedMs = contextMsPerToken(deployment, parameters, share.windowed);
  // Drafted tokens take places like any others, and pass the layers side by side while there are some left.
  const decodeTimes = (perRow: number) =>
    new DecodeTimes(
      {
        constantMs: (rows) => passMs * turns(rows * perRow),
        // A row waits for its own context, on average the mean of the batch; when rows take turns, for all.
        contextMsPerToken: (rows) => (fullMs * turns(rows * perRow)) / rows,
        windowedMsPerToken: (rows) => (windowedMs * turns(rows * perRow)) / rows,
      },
      grid,
    );
  const decode: DecodeTimes[] = [];
  decode[1] = decodeTimes(1);
  const prefillMs = prefillTime(deployment, parameters, share);

  return {
    windowTokens: model.slidingWindow?.tokens ?? 0,
    isAffine: true,
    deviceMs(shape) {
      const { decodeRows, decodeContextTokens, windowedDecodeContextTokens } = shape;
      const chunkMs = shape.chunks > 0 ? prefillMs(shape) : 0;
      if (decodeRows === 0) return shape.chunks > 0 ? grid.round(passMs + chunkMs) : 0;
      const perRow = shape.tokensPerDecodeRow;
      decode[perRow] ??= decodeTimes(perRow);
      const decodeMs = decode[perRow].deviceMs(
        decodeRows,
        decodeContextTokens,
        windowedDecodeContextTokens,
      );
      return shape.chunks > 0 ? decodeMs + grid.round(chunkMs) : decodeMs;
    },
    decodeGrowthMs: (decodeRows, growingRows) => decode[1]!.growthMs(decodeRows, growingRows),
    hostMs: () => 0,
    syncMs: 0,
    work: iterationWork(model, share, chips),
  };
}

function layerTimeMs({ model }: Deployment, parameters: PipelineParameters): number {
  const { layerMs, byModel } = parameters;
  const byClass = model.experts === undefined ? layerMs.dense : layerMs.experts;
  return byModel[model.name]?.layerMs ?? byClass;
}

/** Attention of one token per token of its context, over all layers; each layer runs on its share of the chips. */
function contextMsPerToken(
  { accelerator, model, tensorParallel: chips }: Deployment,
  { kvEfficiency, attentionEfficiency }: PipelineParameters,
  work: AttentionWork,
): number {
  const chipsPerLayer = chips / model.layers;
  const readMs =
    (1000 * work.kvBytesPerToken) / (accelerator.memoryBytesPerSec * kvEfficiency * chipsPerLayer);
  const computeMs =
    (1000 * work.decodeFlopsPerToken) /
    (accelerator.peakFlops.bf16 * attentionEfficiency * chipsPerLayer);
  return Math.max(readMs, computeMs);
}

/** Time that the chunks of an iteration occupy the pipeline: a known rate, or their operations at a share of the peak. */
function prefillTime(
  { accelerator, model, tensorParallel: chips }: Deployment,
  { byModel, prefillEfficiency }: PipelineParameters,
  { full, windowed, ...share }: ModelShare,
): (shape: BatchShape) => number {
  const knownRate = byModel[model.name]?.prefillTokensPerSec;
  if (knownRate !== undefined) {
    const msPerToken = 1000 / (knownRate * chips);
    return (shape) => shape.chunkTokens * msPerToken;
  }
  const msPerFlop = 1000 / (accelerator.peakFlops.bf16 * prefillEfficiency * chips);
  const flopsPerToken =
    share.attentionFlopsPerToken + share.denseFlopsPerToken + share.expertFlopsPerToken;
  return (shape) =>
    msPerFlop *
    (shape.chunkTokens * flopsPerToken +
      shape.chunkPairs * full.flopsPerPair +
      shape.chunkPriorTokens * full.expandFlopsPerToken +
      shape.windowedChunkPairs * windowed.flopsPerPair +
      shape.windowedChunkPriorTokens * windowed.expandFlopsPerToken);
}
