import type { Urgency } from '../engine/admissionOrder.js';
import type { SequenceTable } from '../engine/sequenceTable.js';
import type { RoutedRequest } from './router.js';

/** Queue time at one pool, by reason; see `queueReasons`. */
export interface QueueTimes {
  readonly headOfLineMs: number;
  readonly slotsMs: number;
  readonly kvBlocksMs: number;
  readonly tokenBudgetMs: number;
  readonly iterationMs: number;
}

/** The queue times of a row that leaves its pool. */
export function queueTimesOf(table: SequenceTable, row: number): QueueTimes {
  return {
    headOfLineMs: table.headOfLineMs[row]!,
    slotsMs: table.slotsMs[row]!,
    kvBlocksMs: table.kvBlocksMs[row]!,
    tokenBudgetMs: table.tokenBudgetMs[row]!,
    iterationMs: table.iterationMs[row]!,
  };
}

/** The whole queue time. */
export function sumOf(queue: QueueTimes): number {
  const { headOfLineMs, slotsMs, kvBlocksMs, tokenBudgetMs, iterationMs } = queue;
  return headOfLineMs + slotsMs + kvBlocksMs + tokenBudgetMs + iterationMs;
}

/** A request that a hand-over takes through two pools: where it is, and what happened to it so far. */
export class HandedRequest {
  /**
   * Computes its prompt; holds blocks (where somebody can read them) and is not yet known to the decode pool;
   * waits there for room; has room and its KV is on its way; decodes, or is on its way back. Where the decode
   * pool computes its prompt again, all that happens there is `decode`. `direct`: it alone computes it.
   */
  stage: 'prefill' | 'held' | 'waiting' | 'receiving' | 'decode' | 'direct' = 'prefill';
  /** Its row in the table of the pool that its stage is about. */
  row = -1;
  /** Its row at the prefill pool while that holds its blocks. */
  heldRow = -1;
  /** Number of its transfer at the hand-over, and at the network; −1: none. */
  ticket = -1;
  transfer = -1;
  ownsStream = false;
  /** Its client has given it up, perhaps after its last token. */
  isGivenUp = false;
  /** Known at its end: it was given up before its last token. */
  isCancelled = false;
  /** Output tokens that exist when it changes pools. */
  generated = 0;
  /** Decode iterations of it that a later pool goes on from; see `draftDraw`. */
  decodeRounds = 0;
  /** Replicas within their pools; −1: never there. */
  prefillReplica = -1;
  decodeReplica = -1;
  /** Times its context was computed in the prefill pool. */
  prefillRounds = 0;
  prefillPreemptions = 0;
  decodePreemptions = 0;
  /** Tokens found cached, summed over admissions. */
  hitTokens = 0;
  decodeHitTokens = 0;
  /** Tokens whose KV was sent to the decode side. */
  sentTokens = 0;
  /** Prompt tokens that the decode side computed again, hits of all its admissions apart. */
  recomputedTokens = 0;
  /** From its first batch there to the first token that comes of it; NaN: its prompt was computed once. */
  recomputeMs = Number.NaN;
  /** First batch formed, at each side. */
  scheduledMs = Number.NaN;
  decodeScheduledMs = Number.NaN;
  firstTokenMs = Number.NaN;
  lastTokenMs = Number.NaN;
  /** From the start of its first batch to the end of its prompt. */
  prefillMs = 0;
  /** From its arrival until its KV had come from the memory tiers of the prefill pool, the first time. */
  kvLoadMs = 0;
  /** Its prompt was computed the first time: it arrives at the decode pool. */
  prefilledMs = Number.NaN;
  reservedMs = Number.NaN;
  /** From the reservation to the last byte, first hand-over; NaN: there was none. */
  kvTransferMs = Number.NaN;
  queue: QueueTimes | undefined = undefined;
  /** Of the decode side: up to the reservation, and from the last byte to the first batch. */
  decode: QueueTimes | undefined = undefined;
  readonly request: number;
  /** As routers see it; its prompt includes what was generated when the context was last computed. */
  readonly routed: RoutedRequest;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Names its draws under speculative decoding. */
  readonly seed: number;
  private readonly arrivedMs: number;
  private readonly urgency: Urgency;

  constructor(
    request: number,
    routed: RoutedRequest,
    outputTokens: number,
    from: { readonly timeMs: number; readonly urgency: Urgency; readonly seed: number },
  ) {
    this.request = request;
    this.routed = routed;
    this.promptTokens = routed.promptTokens;
    this.outputTokens = outputTokens;
    this.seed = from.seed;
    this.arrivedMs = from.timeMs;
    this.urgency = from.urgency;
  }

  /** Its row leaves the decode pool. `recomputes`: the prompt of the row is that of the request and its first token. */
  noteDecode(table: SequenceTable, row: number, recomputes: boolean): void {
    this.decodeReplica = table.replica[row]!;
    this.decodeHitTokens += table.hitTokens[row]!;
    this.decodePreemptions = table.preemptions[row]!;
    if (recomputes && this.stage === 'decode') {
      if (!Number.isNaN(table.scheduledMs[row]!))
        this.recomputedTokens = Math.max(0, table.promptTokens[row]! - table.hitTokens[row]!);
      const queueMs = sumOf(queueTimesOf(table, row));
      this.recomputeMs = table.firstTokenMs[row]! - table.arrivalMs[row]! - queueMs;
    } else this.firstTokenMs = table.firstTokenMs[row]!;
    if (this.decode !== undefined) return;
    this.decode = queueTimesOf(table, row);
    this.decodeScheduledMs = table.scheduledMs[row]!;
  }

  /** Its urgency when it comes to a pool at `timeMs`: its deadline does not move. */
  urgencyAt(timeMs: number): Urgency {
    const { deadlineMs } = this.urgency;
    return { ...this.urgency, deadlineMs: deadlineMs - (timeMs - this.arrivedMs) };
  }
}
