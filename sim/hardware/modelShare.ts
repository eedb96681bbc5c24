import { bytesPerElement } from './bytesPerElement.js';
import type { AttentionSplit, Precision } from './deployment.js';
import type { ModelArchitecture, StoredWeights } from './modelArchitecture.js';
import { type ParameterCounts, parameterCounts } from './parameterCounts.js';
import { storedWeights } from './storedWeights.js';

/**
 * What one of `ways` accelerators that share layers holds, reads and computes of a model: bytes and
 * operations per token, per pair, per row. Weights and query heads divide evenly; key-value heads do not
 * divide below one, and the latent of MLA is held by all (as in vLLM). With data-parallel attention each
 * does all attention of its own sequences, so attention's figures are those of the whole model. With context
 * parallelism each holds and attends to an equal part of every context, so KV divides evenly.
 */
export interface ModelShare {
  readonly weights: StoredWeights;
  /** Accelerators among which sequences are divided; 1: each attends to all. */
  readonly attentionRanks: number;
  /** All weights, the embedding table included. */
  readonly weightBytes: number;
  /** Weights that every iteration reads: attention, dense and shared blocks, routers. */
  readonly denseBytes: number;
  readonly headBytes: number;
  /** One routed expert, in all layers that have experts. */
  readonly bytesPerExpert: number;
  /** Projections of attention, per token that this accelerator attends to. */
  readonly attentionFlopsPerToken: number;
  /** Dense and shared blocks and routers, per token of the replica. */
  readonly denseFlopsPerToken: number;
  /** Routed experts of one token. */
  readonly expertFlopsPerToken: number;
  /** One routed expert in all layers, for one row of its batch. */
  readonly flopsPerExpertRow: number;
  readonly headFlopsPerRow: number;
  readonly expertLayers: number;
  /** KV allocated per token of context. Sliding-window layers are allocated in full, as vLLM does. */
  readonly kvBytesPerToken: number;
  /** Layers that see the whole context, and layers that see a window. */
  readonly full: AttentionWork;
  readonly windowed: AttentionWork;
  /** Read and written once by norms, rotary embedding and residuals, per token that this accelerator attends to. */
  readonly attentionActivationBytesPerToken: number;
  /** Read and written once by the activation function, per token of the replica. */
  readonly activationBytesPerToken: number;
  /** What members of the group tell each other about one token in one layer, before or after they share work. */
  readonly exchangedBytesPerToken: number;
  /** Queries and partial outputs of one token in one layer, which context parallelism exchanges as well; else 0. */
  readonly partialBytesPerToken: number;
}

/** Work of a group of attention layers, summed over them. */
export interface AttentionWork {
  /** KV read per token of context. */
  readonly kvBytesPerToken: number;
  /** Operations of one decode row per token of its context. */
  readonly decodeFlopsPerToken: number;
  /** Operations per query-key pair of a chunk. */
  readonly flopsPerPair: number;
  /** Operations that turn one cached token back into keys and values before a chunk reads it (MLA). */
  readonly expandFlopsPerToken: number;
}

/**
 * Divides a model, all its layers together, among accelerators.
 *
 * @param ways accelerators that share every layer, at least 1; 1 gives the figures of the whole model. What
 * machines divide by layers is not divided here.
 * @param split how attention is divided among them
 */
export function modelShare(
  model: ModelArchitecture,
  ways: number,
  weightPrecision: Precision,
  kvPrecision: Precision,
  split: AttentionSplit = 'tensor',
): ModelShare {
  const counts = parameterCounts(model);
  const weights = storedWeights(model, weightPrecision);
  const { layers, hiddenSize, experts } = model;
  const attentionRanks = split === 'data' ? ways : 1;
  const attentionWays = ways / attentionRanks;
  const windowedLayers = model.slidingWindow?.layers ?? 0;
  const work = (ofLayers: number) =>
    attentionWork(model, ofLayers, attentionWays, split, bytesPerElement[kvPrecision]);
  const headBytes = (counts.head * weights.head.bytesPerParameter) / ways;
  const attentionParameters = counts.attention / attentionWays;
  const denseParameters = (counts.dense - counts.attention) / ways;
  const denseBytes = (attentionParameters + denseParameters) * weights.dense.bytesPerParameter;
  const flopsPerExpertRow = (2 * counts.perExpert * counts.expertLayers) / ways;
  const bytesPerExpert =
    (counts.perExpert * counts.expertLayers * weights.experts.bytesPerParameter) / ways;
  const full = work(layers - windowedLayers);
  const windowed = work(windowedLayers);
  return {
    weights,
    attentionRanks,
    weightBytes:
      denseBytes +
      headBytes * (model.tiedEmbeddings ? 1 : 2) +
      bytesPerExpert * (experts?.count ?? 0),
    denseBytes,
    headBytes,
    bytesPerExpert,
    attentionFlopsPerToken: 2 * attentionParameters,
    denseFlopsPerToken: 2 * denseParameters,
    expertFlopsPerToken: flopsPerExpertRow * (experts?.active ?? 0),
    flopsPerExpertRow,
    headFlopsPerRow: (2 * counts.head) / ways,
    expertLayers: counts.expertLayers,
    kvBytesPerToken: full.kvBytesPerToken + windowed.kvBytesPerToken,
    full,
    windowed,
    attentionActivationBytesPerToken: attentionActivationBytes(model, attentionWays),
    activationBytesPerToken: activationBytes(model, counts, ways),
    exchangedBytesPerToken: 2 * hiddenSize,
    partialBytesPerToken: split === 'context' ? 2 * outputElements(model) : 0,
  };
}

function attentionWork(
  { attention }: ModelArchitecture,
  layers: number,
  ways: number,
  split: AttentionSplit,
  elementBytes: number,
): AttentionWork {
  const heads = attention.heads / ways;
  if (attention.kind === 'grouped') {
    const kvHeads =
      split === 'context' ? attention.kvHeads / ways : Math.ceil(attention.kvHeads / ways);
    const flops = layers * 4 * heads * attention.headSize;
    return {
      kvBytesPerToken: layers * 2 * kvHeads * attention.headSize * elementBytes,
      decodeFlopsPerToken: flops,
      flopsPerPair: flops,
      expandFlopsPerToken: 0,
    };
  }
  // Decode works on the latent itself; a chunk expands it to keys and values per head.
  const { latentSize, rotarySize, keySize, valueSize } = attention;
  const contextWays = split === 'context' ? ways : 1;
  return {
    kvBytesPerToken: (layers * (latentSize + rotarySize) * elementBytes) / contextWays,
    decodeFlopsPerToken: layers * 2 * heads * (2 * latentSize + rotarySize),
    flopsPerPair: layers * 2 * heads * (keySize + rotarySize + valueSize),
    expandFlopsPerToken: layers * 2 * heads * latentSize * (keySize + valueSize),
  };
}

/** Elements of the attention output of one token, over all heads. */
function outputElements({ attention }: ModelArchitecture): number {
  // With MLA the partial outputs are those of the latent, before it is expanded.
  const perHead = attention.kind === 'grouped' ? attention.headSize : attention.latentSize;
  return attention.heads * perHead;
}

/** 16-bit elements: two norms with residual (8 × hidden); queries, keys and values (twice). */
function attentionActivationBytes(
  { layers, hiddenSize, attention }: ModelArchitecture,
  ways: number,
): number {
  const projected =
    attention.kind === 'grouped'
      ? (attention.heads + 2 * attention.kvHeads) * attention.headSize
      : attention.heads * (2 * attention.keySize + attention.rotarySize + attention.valueSize);
  return 2 * layers * (8 * hiddenSize + (2 * projected) / ways);
}

/** 16-bit elements: gate, up and product of the feed-forward blocks. */
function activationBytes(
  { layers, feedForwardSize, experts }: ModelArchitecture,
  { expertLayers }: ParameterCounts,
  ways: number,
): number {
  const expertInner =
    experts === undefined ? 0 : (experts.active + experts.shared) * experts.feedForwardSize;
  const inner = (layers - expertLayers) * feedForwardSize + expertLayers * expertInner;
  return (2 * 3 * inner) / ways;
}
