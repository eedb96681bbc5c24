import type { Deployment } from './deployment.js';
import type { ModelArchitecture } from './modelArchitecture.js';
import { modelShare } from './modelShare.js';

/** How the memory of a replica is divided between weights and KV cache. Bytes are per accelerator. */
export interface MemoryPlan {
  readonly accelerators: number;
  /** Embedding table included. */
  readonly weightBytes: number;
  /** Per token of context; with data-parallel attention the mean over the accelerators, of which one holds it. */
  readonly kvBytesPerToken: number;
  /** Whole blocks of KV that the replica holds. */
  readonly kvBlocks: number;
  /** Most of them that one sequence can take: all, or those of one accelerator with data-parallel attention. */
  readonly sequenceBlocks: number;
  readonly blockTokens: number;
  /** Why the replica cannot serve, with the arithmetic; undefined when it can. */
  readonly problem: string | undefined;
  /** Fewest accelerators on which the weights fit and leave one block. */
  readonly minAccelerators: number;
}

/**
 * Divides the memory of a deployment: a share of the capacity, less what the runtime keeps, less the
 * weights, is KV cache. Tensor-parallel groups divide weights evenly and KV by whole heads (the latent
 * of MLA is held by each), whole sequences with data-parallel attention, which has its weights on
 * each, or equal parts of every context with context parallelism; pipeline machines divide both by layers.
 */
export function planMemory(deployment: Deployment, blockTokens: number): MemoryPlan {
  const { accelerator, tensorParallel, memoryShare, model } = deployment;
  const usableBytes = accelerator.memoryBytes * memoryShare - accelerator.reservedBytes;
  const { weightBytes, heldBytesPerToken, ranks } = perAccelerator(deployment, tensorParallel);
  const leftBytes = usableBytes - weightBytes;
  const blockBytes = heldBytesPerToken * blockTokens;
  const sequenceBlocks = Math.max(0, Math.floor(leftBytes / blockBytes));
  const domain = accelerator.scaleUp?.domain ?? 1;
  let problem: string | undefined;
  // Only an all-to-all goes beyond the scale-up domain.
  const leavesDomain = deployment.attention === 'data' && deployment.expertParallel === true;
  if (tensorParallel > domain && !leavesDomain && accelerator.cost.kind !== 'pipeline') {
    problem = `${tensorParallel} accelerators cannot share layers: ${accelerator.name} links ${domain}`;
  } else if (sequenceBlocks === 0) {
    const { memoryBytes, reservedBytes } = accelerator;
    problem =
      `${model.name} needs ${memorySize(weightBytes)} of weights on each of ${tensorParallel} × ${accelerator.name}` +
      (leftBytes > 0 ? ` and ${memorySize(blockBytes)} for a KV block` : '') +
      `; there is ${memorySize(memoryBytes)} × ${memoryShare}` +
      (reservedBytes > 0
        ? ` − ${memorySize(reservedBytes)} kept by the runtime = ${memorySize(usableBytes)}`
        : ` = ${memorySize(usableBytes)}`);
  }
  return {
    accelerators: tensorParallel,
    weightBytes,
    kvBytesPerToken: heldBytesPerToken / ranks,
    kvBlocks: problem === undefined ? ranks * sequenceBlocks : 0,
    sequenceBlocks: problem === undefined ? sequenceBlocks : 0,
    blockTokens,
    problem,
    minAccelerators: minAccelerators(deployment, usableBytes, blockTokens),
  };
}

/** Contexts of this many tokens that the KV cache holds at once, without shared prefixes. */
export function contextsThatFit(
  {
    kvBlocks,
    sequenceBlocks,
    blockTokens,
  }: Pick<MemoryPlan, 'kvBlocks' | 'sequenceBlocks' | 'blockTokens'>,
  tokens: number,
): number {
  if (kvBlocks === 0) return 0;
  const perRank = Math.floor(sequenceBlocks / Math.ceil(tokens / blockTokens));
  return perRank * (kvBlocks / sequenceBlocks);
}

/** Weights of one accelerator, and KV where it is held: on `ranks` accelerators, each for its own sequences. */
function perAccelerator(
  { accelerator, model, weightPrecision, kvPrecision, attention }: Deployment,
  accelerators: number,
) {
  const isPipeline = accelerator.cost.kind === 'pipeline';
  const ways = isPipeline ? 1 : accelerators;
  const share = modelShare(model, ways, weightPrecision, kvPrecision, attention);
  const chips = isPipeline ? accelerators : 1;
  return {
    weightBytes: share.weightBytes / chips,
    heldBytesPerToken: share.kvBytesPerToken / chips,
    ranks: share.attentionRanks,
  };
}

/** Searches upwards. Infinity when nothing is left beside what the runtime keeps. */
function minAccelerators(deployment: Deployment, usableBytes: number, blockTokens: number): number {
  if (usableBytes <= 0) return Number.POSITIVE_INFINITY;
  const isPipeline = deployment.accelerator.cost.kind === 'pipeline';
  const { attention } = deployment.model;
  const most = isPipeline ? Number.POSITIVE_INFINITY : attention.heads;
  const { weightBytes } = perAccelerator(deployment, 1);
  for (let n = Math.max(1, Math.floor(weightBytes / usableBytes)); n <= most; n++) {
    if (!isPipeline && !dividesHeads(attention, n)) continue;
    const needed = perAccelerator(deployment, n);
    if (needed.weightBytes + needed.heldBytesPerToken * blockTokens <= usableBytes) return n;
  }
  return Number.POSITIVE_INFINITY;
}

/** Whether query heads divide evenly, and key-value heads divide or are repeated evenly. */
function dividesHeads(attention: ModelArchitecture['attention'], ways: number): boolean {
  if (attention.heads % ways !== 0) return false;
  if (attention.kind === 'latent') return true;
  return attention.kvHeads % ways === 0 || ways % attention.kvHeads === 0;
}

function memorySize(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
