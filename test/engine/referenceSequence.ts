import type { QueueReason } from '../../sim/facts/requestTable.js';
import type { KvBlock } from './referenceMemory.js';

/** A request inside the reference engine. Progress is counted as scheduled, not as finished on the device. */
export interface ReferenceSequence {
  readonly task: number;
  /** Token stream of its context. */
  readonly stream: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Names of the full blocks of prompt and output. */
  readonly blockIdentities: readonly number[];
  readonly arrivalMs: number;
  /** Smaller ones are admitted first. */
  readonly orderKey: number;
  /** From the arrival until its KV was there. */
  kvLoadMs: number;
  /** Leading blocks that were brought from memory tiers, or were on the replica when that began; 0 once admitted. */
  loadedBlocks: number;
  residentBlocks: number;
  piecesLoaded: number;
  /** Output tokens that exist. */
  generatedTokens: number;
  /** Output tokens that batches formed but not finished will give: those of one, under async scheduling of two. */
  tokensInFlight: number;
  /** Tokens whose keys and values the formed batches have computed or found in the cache. */
  computedTokens: number;
  /** Names its draws under speculative decoding. */
  readonly seed: number;
  /** Decode iterations that it was scheduled in. */
  decodeRounds: number;
  /** Blocks held, in the order of the context. */
  blocks: KvBlock[];
  /** Leading blocks that are full, hence hittable. */
  fullBlocks: number;
  /** Prompt (and what had been generated before a preemption) is computed. */
  isDecoding: boolean;
  /** It was preempted here and waits before all that were not. */
  goesFirst?: boolean;
  /** Was in a formed batch before. */
  wasScheduled: boolean;
  /** Its first batch has started. */
  hasStarted: boolean;
  /** Nobody waits for its answer: it leaves when the running iteration ends, if it has not ended then. */
  isCancelled: boolean;
  /** It has given up its slot and blocks; a batch that was formed before may still hold its row. */
  hasLeft: boolean;
  /** Why it waits now, and since when it is not yet counted. */
  waitReason: QueueReason;
  waitSinceMs: number;
  readonly waitMsByReason: Record<QueueReason, number>;
  /** With all its output here it keeps its blocks, for another replica to read. */
  handsOver?: boolean;
  /** `due`: its KV comes from another replica. `coming`: it has room for it. `here`: it joins the next batch. */
  kv?: 'due' | 'coming' | 'here';
  /** When its KV had come. */
  receivedMs?: number;
  /** It is in its first batch since its KV came, or about to be. */
  isJoining?: boolean;
}

/** It holds a slot and has no row. */
export function isReceiving(sequence: ReferenceSequence): boolean {
  return sequence.kv === 'coming' || sequence.kv === 'here';
}

/** All tokens of the sequence that are known once the formed batches have run. */
export function knownTokens(sequence: ReferenceSequence): number {
  return sequence.promptTokens + sequence.generatedTokens + sequence.tokensInFlight;
}

/** Its last token is in flight: it is left out of batches but keeps its slot and blocks. */
export function isDraining(sequence: ReferenceSequence): boolean {
  return sequence.generatedTokens + sequence.tokensInFlight >= sequence.outputTokens;
}
