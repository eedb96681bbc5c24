import type { Precision } from './deployment.js';

/** The shape of a transformer: what its weights, its KV cache and the work of one token follow from. */
export interface ModelArchitecture {
  readonly name: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly attention: GroupedAttention | LatentAttention;
  /** Layers that see only the last `tokens` tokens; the others see the whole context. */
  readonly slidingWindow: { readonly layers: number; readonly tokens: number } | undefined;
  /** Inner size of the gated feed-forward block of a dense layer. */
  readonly feedForwardSize: number;
  /** Undefined for a dense model. */
  readonly experts: ExpertLayers | undefined;
  readonly vocabulary: number;
  /** The embedding table and the output head are one matrix. */
  readonly tiedEmbeddings: boolean;
  /** Tokens of the longest context that the model accepts. */
  readonly contextWindow: number;
  /** As published; the simulator computes with what the shape implies (`parameterCounts`), and nothing from these. */
  readonly publishedParameters: { readonly total: number; readonly active: number } | undefined;
  /** The precision of the published checkpoint. */
  readonly nativePrecision: Precision;
  /** How checkpoints store the weights where they depart from `storedWeights`' defaults. */
  readonly weightFormats: Readonly<Partial<Record<Precision, StoredWeights>>>;
}

/** Attention whose query heads share key-value heads (GQA; MHA and MQA are its ends). */
export interface GroupedAttention {
  readonly kind: 'grouped';
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
}

/** Attention whose keys and values are stored as one latent vector per token (MLA). */
export interface LatentAttention {
  readonly kind: 'latent';
  readonly heads: number;
  /** Rank of the query projection. */
  readonly queryRank: number;
  /** Elements of the latent vector, per token and layer. */
  readonly latentSize: number;
  /** Elements of the rotary key that all heads share, per token and layer; cached beside the latent. */
  readonly rotarySize: number;
  /** Per head, the part of a query or key without position. */
  readonly keySize: number;
  readonly valueSize: number;
}

/** Mixture-of-experts layers: all but the first `leadingDenseLayers`. */
export interface ExpertLayers {
  /** Routed experts per layer. */
  readonly count: number;
  /** Routed experts that one token passes. */
  readonly active: number;
  /** Experts that every token passes. */
  readonly shared: number;
  /** Inner size of one expert, routed or shared. */
  readonly feedForwardSize: number;
  readonly leadingDenseLayers: number;
}

/** How the weights of a model are kept and multiplied, by part. */
export interface StoredWeights {
  /** Attention, dense and shared feed-forward blocks, router. */
  readonly dense: WeightFormat;
  /** Routed experts. */
  readonly experts: WeightFormat;
  /** Embedding table and output head. */
  readonly head: WeightFormat;
}

export interface WeightFormat {
  /** Scales and padding included. */
  readonly bytesPerParameter: number;
  readonly storedAs: Precision;
  /** Precision of the multiplication; where an accelerator lacks it, bf16. */
  readonly computedIn: Precision;
}
