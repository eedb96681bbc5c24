import { portableCbrt } from '../kernel/portableCbrt.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import type { Accelerator } from './accelerator.js';
import { DecodeTimes } from './decodeTimes.js';
import type { Deployment, Precision } from './deployment.js';
import { expertSkew } from './expertSkew.js';
import { hostTime } from './hostTime.js';
import type { BatchShape, IterationCost } from './iterationCost.js';
import { iterationWork } from './iterationWork.js';
import { largestOf } from './largestOf.js';
import { layerCollectives } from './layerCollectives.js';
import type { WeightFormat } from './modelArchitecture.js';
import { type AttentionWork, type ModelShare, modelShare } from './modelShare.js';
import type { Efficiency, RooflineParameters } from './rooflineParameters.js';
import { touchedExperts } from './touchedExperts.js';

/**
 * Time of an iteration on machines whose weights stream from a large memory: GPUs, TPUs, CPUs, dataflow
 * machines with HBM. Weight streaming and matrix multiplication overlap imperfectly (a p-norm with
 * p = 3); everything else adds:
 *
 *   t = ∛(weights³ + matmul³) + KV reads + attention + per sequence + collectives + per layer + activations
 *
 * With data-parallel attention the accelerator with the most sequences decides: of n sequences on N
 * accelerators it has ⌈n/N⌉, with as much context each as the others, so attention takes n/N times the
 * skew ⌈n/N⌉·N/n of what one sequence takes. Chunks are divided likewise. Where contexts differ, it has more of
 * them as well: largestOf(N) standard deviations of the sum of its contexts.
 *
 * With expert parallelism the accelerator whose experts are picked most decides (`expertSkew`).
 */
export function rooflineCost(
  deployment: Deployment,
  parameters: RooflineParameters,
  grid: TimeGrid,
): IterationCost {
  const { accelerator, model, tensorParallel, graphSizes, kvPrecision } = deployment;
  const { weightPrecision, attention: split } = deployment;
  const share = modelShare(model, tensorParallel, weightPrecision, kvPrecision, split);
  const ranks = share.attentionRanks;
  const busiest = (rows: number) => Math.ceil(rows / ranks);
  const spread = ranks > 1 ? (deployment.contextSpread ?? 0) * largestOf(ranks) : 0;
  const contextShare = (rows: number) =>
    Math.min(1, (busiest(rows) + spread * Math.sqrt(busiest(rows))) / rows);
  const tokensMs = tokenTimes(deployment, share, parameters);
  const attention = attentionTimes(accelerator, parameters, kvPrecision);
  const full = attention(share.full);
  const windowed = attention(share.windowed);
  const perSequenceMs = model.layers * parameters.perSequenceMs;
  /** Times of decode batches in which each row computes so many tokens. */
  const decodeTimes = (perRow: number) =>
    new DecodeTimes(
      {
        constantMs: (rows) => {
          // Ranks run the same graph, so all are padded as the busiest.
          const own = paddedRows(graphSizes, busiest(rows));
          const tokens = graphSizes.length === 0 ? rows : ranks * own;
          return (
            tokensMs(tokens * perRow, own * perRow, rows * perRow) +
            busiest(rows) * (perSequenceMs - full.unseenMs(perRow))
          );
        },
        contextMsPerToken: (rows) => full.decodeMsPerToken(perRow) * contextShare(rows),
        windowedMsPerToken: (rows) => windowed.decodeMsPerToken(perRow) * contextShare(rows),
      },
      grid,
    );
  const decode: DecodeTimes[] = [];
  decode[1] = decodeTimes(1);

  function mixedMs(shape: BatchShape): number {
    const { decodeRows, chunks, chunkTokens, tokensPerDecodeRow: perRow } = shape;
    const ownDecodes = busiest(decodeRows);
    const ownChunks = busiest(chunks);
    const decodeShare = decodeRows === 0 ? 0 : contextShare(decodeRows);
    const chunkShare = ownChunks / chunks;
    const ownTokens = ownDecodes * perRow + chunkTokens * chunkShare;
    const chunksMs =
      shape.chunkPairs * full.msPerPair +
      shape.chunkPriorTokens * full.priorMsPerToken +
      shape.windowedChunkPairs * windowed.msPerPair +
      shape.windowedChunkPriorTokens * windowed.priorMsPerToken;
    const decodesMs =
      shape.decodeContextTokens * full.decodeMsPerToken(perRow) +
      shape.windowedDecodeContextTokens * windowed.decodeMsPerToken(perRow) -
      decodeRows * full.unseenMs(perRow);
    return grid.round(
      tokensMs(decodeRows * perRow + chunkTokens, ownTokens, shape.sampledRows) +
        (ownDecodes + ownChunks) * perSequenceMs +
        chunkShare * chunksMs +
        decodeShare * decodesMs,
    );
  }

  return {
    windowTokens: model.slidingWindow?.tokens ?? 0,
    isAffine: true,
    deviceMs(shape) {
      if (shape.chunks > 0) return mixedMs(shape);
      const { decodeRows, decodeContextTokens, windowedDecodeContextTokens } = shape;
      if (decodeRows === 0) return 0;
      const perRow = shape.tokensPerDecodeRow;
      decode[perRow] ??= decodeTimes(perRow);
      return decode[perRow].deviceMs(decodeRows, decodeContextTokens, windowedDecodeContextTokens);
    },
    decodeGrowthMs: (decodeRows, growingRows) => decode[1]!.growthMs(decodeRows, growingRows),
    // Ranks that divide sequences have a process each.
    ...hostTime(parameters.host, grid, busiest),
    work: iterationWork(model, share, 1),
  };
}

/**
 * Time of what depends on the number of tokens alone: weights, matrix multiplications, collectives,
 * activations, start-up. `ownTokens` are those that the accelerator attends to.
 */
function tokenTimes(
  deployment: Deployment,
  share: ModelShare,
  parameters: RooflineParameters,
): (tokens: number, ownTokens: number, sampledRows: number) => number {
  const { accelerator, model, tensorParallel } = deployment;
  const { dense, experts, head } = share.weights;
  const streamMs = (bytes: number, format: WeightFormat) =>
    (1000 * bytes) /
    (accelerator.memoryBytesPerSec * efficiencyOf(parameters, format.storedAs).weights);
  const multiplyMs = (flops: number, format: WeightFormat) =>
    (1000 * flops) / matmulFlops(accelerator, parameters, format.computedIn);

  const { matmulShare, paddingTokens } = parameters.experts;
  const routed = { count: model.experts?.count ?? 0, active: model.experts?.active ?? 0 };
  const denseStreamMs = streamMs(share.denseBytes, dense);
  const headStreamMs = streamMs(share.headBytes, head);
  const expertStreamMs = streamMs(share.bytesPerExpert, experts);
  const paddingMs = multiplyMs(share.flopsPerExpertRow * paddingTokens, experts) / matmulShare;
  const multiplyMsPerToken = multiplyMs(share.denseFlopsPerToken, dense);
  const expertMsPerToken = multiplyMs(share.expertFlopsPerToken, experts) / matmulShare;
  const multiplyMsPerOwnToken = multiplyMs(share.attentionFlopsPerToken, dense);
  const headMsPerRow = multiplyMs(share.headFlopsPerRow, head);

  const startMs =
    model.layers *
      (efficiencyOf(parameters, dense.storedAs).perLayerMs + parameters.unfused.perLayerMs) +
    share.expertLayers * parameters.experts.perLayerMs;
  const activationMs = (bytes: number) =>
    streamMs(bytes, { ...dense, storedAs: 'bf16' }) * parameters.unfused.activationTraffic;
  const activationMsPerToken = activationMs(share.activationBytesPerToken);
  const activationMsPerOwnToken = activationMs(share.attentionActivationBytesPerToken);
  const collectivesMs = layerCollectives(deployment, share);
  const { oneToken = 1, oneTokenPerLayerMs = 0 } = efficiencyOf(parameters, dense.storedAs);
  const startAloneMs = startMs + model.layers * oneTokenPerLayerMs;
  const expertWays = deployment.expertParallel === true ? tensorParallel : 1;

  return (tokens, ownTokens, sampledRows) => {
    const touched = routed.count === 0 ? 0 : touchedExperts(routed.count, routed.active, tokens);
    const skew = expertSkew(expertWays, routed.count, routed.active, tokens, touched);
    const expertStreams = touched * skew.touched * expertStreamMs;
    const alone = tokens === 1 ? oneToken : 1;
    const stream =
      alone * denseStreamMs + expertStreams + (sampledRows > 0 ? alone * headStreamMs : 0);
    const multiply =
      tokens * (multiplyMsPerToken + skew.tokens * expertMsPerToken) +
      ownTokens * multiplyMsPerOwnToken +
      touched * skew.touched * paddingMs +
      sampledRows * headMsPerRow;
    return (
      portableCbrt(stream * stream * stream + multiply * multiply * multiply) +
      model.layers * collectivesMs(tokens) +
      tokens * activationMsPerToken +
      ownTokens * activationMsPerOwnToken +
      (tokens === 1 ? startAloneMs : startMs)
    );
  };
}

/** Time of attention work per token of context, per pair and per token read again. */
function attentionTimes(
  { memoryBytesPerSec, peakFlops }: Accelerator,
  parameters: RooflineParameters,
  kvPrecision: Precision,
) {
  const { kv, attention } = efficiencyOf(parameters, kvPrecision);
  return (work: AttentionWork) => {
    const readMs = (1000 * work.kvBytesPerToken) / (memoryBytesPerSec * kv);
    const computeMs = (flops: number) => (1000 * flops) / (peakFlops.bf16 * attention);
    const decodeComputeMs = computeMs(work.decodeFlopsPerToken);
    return {
      // Read once, attended to by every token of the row.
      decodeMsPerToken: (perRow: number) => readMs + perRow * decodeComputeMs,
      /** What a row saves because its earlier tokens do not see its later ones. */
      unseenMs: (perRow: number) => decodeComputeMs * ((perRow * (perRow - 1)) / 2),
      msPerPair: computeMs(work.flopsPerPair),
      priorMsPerToken: readMs + computeMs(work.expandFlopsPerToken),
    };
  };
}

function efficiencyOf({ efficiency }: RooflineParameters, precision: Precision): Efficiency {
  return efficiency[precision] ?? efficiency.bf16;
}

/** Operations per second that matrix multiplications reach; in bf16 where the accelerator lacks the precision. */
function matmulFlops(
  { peakFlops }: Accelerator,
  { efficiency }: RooflineParameters,
  precision: Precision,
): number {
  const peak = peakFlops[precision];
  const reached = efficiency[precision];
  if (peak === undefined || reached === undefined) return peakFlops.bf16 * efficiency.bf16.matmul;
  return peak * reached.matmul;
}

/** The next captured graph size; beyond the largest, the batch runs as it is. */
function paddedRows(graphSizes: readonly number[], rows: number): number {
  return graphSizes.find((size) => size >= rows) ?? rows;
}
