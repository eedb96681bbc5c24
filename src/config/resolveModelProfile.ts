import { precisions } from '../../sim/hardware/deployment.js';
import type { ModelArchitecture, StoredWeights } from '../../sim/hardware/modelArchitecture.js';
import type { ModelProfile } from './modelProfileSchema.js';

/** The model that a profile describes, as the simulator takes it: numbers without their provenance. */
export function resolveModelProfile(profile: ModelProfile): ModelArchitecture {
  const { architecture, weights } = profile;
  const { slidingWindow, experts } = architecture;
  return {
    name: profile.name,
    layers: architecture.layers,
    hiddenSize: architecture.hidden,
    attention: attentionOf(architecture.attention),
    slidingWindow,
    feedForwardSize: architecture.feedForward,
    experts: experts && {
      count: experts.count,
      active: experts.active,
      shared: experts.shared,
      feedForwardSize: experts.feedForward,
      leadingDenseLayers: experts.leadingDenseLayers,
    },
    vocabulary: architecture.vocabulary,
    tiedEmbeddings: architecture.tiedEmbeddings,
    contextWindow: profile.contextWindow.value,
    publishedParameters: profile.parameters && {
      total: profile.parameters.total,
      active: profile.parameters.active,
    },
    nativePrecision: weights.native,
    weightFormats: formatsOf(weights.formats ?? {}),
  };
}

function attentionOf(
  attention: ModelProfile['architecture']['attention'],
): ModelArchitecture['attention'] {
  if (attention.type === 'grouped') {
    const { heads, kvHeads, headSize } = attention;
    return { kind: 'grouped', heads, kvHeads, headSize };
  }
  return {
    kind: 'latent',
    heads: attention.heads,
    queryRank: attention.queryRank,
    latentSize: attention.latent,
    rotarySize: attention.rotary,
    keySize: attention.key,
    valueSize: attention.value,
  };
}

function formatsOf(
  formats: NonNullable<ModelProfile['weights']['formats']>,
): ModelArchitecture['weightFormats'] {
  const found = precisions.flatMap((precision): [string, StoredWeights][] => {
    const format = formats[precision];
    if (format === undefined) return [];
    const { dense, experts, head } = format;
    return [[precision, { dense, experts, head }]];
  });
  return Object.fromEntries(found);
}
