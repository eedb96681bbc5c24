import type { LatentAttention, ModelArchitecture } from './modelArchitecture.js';

/** Weights of a model by part, in parameters. Norms, biases and multi-token-prediction heads are left out (< 0.1%; a few percent for a prediction head). */
export interface ParameterCounts {
  /** Attention, dense and shared feed-forward blocks and routers, over all layers. */
  readonly dense: number;
  /** Part of them: the projections of attention. */
  readonly attention: number;
  /** One routed expert of one layer. */
  readonly perExpert: number;
  /** Layers with routed experts. */
  readonly expertLayers: number;
  /** The output head: vocabulary × hidden size. */
  readonly head: number;
  /** Everything that is stored, the embedding table included. */
  readonly total: number;
  /** What one token passes, counted as model cards do: embedding table and head included. */
  readonly active: number;
}

/** Counts the weights that a model's shape implies. */
export function parameterCounts(model: ModelArchitecture): ParameterCounts {
  const { layers, hiddenSize, experts } = model;
  const expertLayers = experts === undefined ? 0 : layers - experts.leadingDenseLayers;
  const perExpert = experts === undefined ? 0 : 3 * hiddenSize * experts.feedForwardSize;
  const perExpertLayer =
    experts === undefined ? 0 : hiddenSize * experts.count + experts.shared * perExpert;
  const attention = layers * attentionParameters(model);
  const dense =
    attention +
    (layers - expertLayers) * 3 * hiddenSize * model.feedForwardSize +
    expertLayers * perExpertLayer;
  const head = model.vocabulary * hiddenSize;
  const tables = model.tiedEmbeddings ? head : 2 * head;
  const routed = expertLayers * perExpert;
  return {
    dense,
    attention,
    perExpert,
    expertLayers,
    head,
    total: dense + tables + routed * (experts?.count ?? 0),
    active: dense + tables + routed * (experts?.active ?? 0),
  };
}

/** Weights of the projections of one attention layer. */
function attentionParameters({ hiddenSize, attention }: ModelArchitecture): number {
  if (attention.kind === 'latent') return latentParameters(hiddenSize, attention);
  const { heads, kvHeads, headSize } = attention;
  return hiddenSize * headSize * (2 * heads + 2 * kvHeads);
}

function latentParameters(hiddenSize: number, attention: LatentAttention): number {
  const { heads, queryRank, latentSize, rotarySize, keySize, valueSize } = attention;
  const query = hiddenSize * queryRank + queryRank * heads * (keySize + rotarySize);
  const keyValue =
    hiddenSize * (latentSize + rotarySize) + latentSize * heads * (keySize + valueSize);
  return query + keyValue + heads * valueSize * hiddenSize;
}
