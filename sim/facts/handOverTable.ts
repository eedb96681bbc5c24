/**
 * What a hand-over did to the requests of a run: a row per request, as in `RequestTable`. NaN (pool and
 * replica: −1) where a request was not handed over. With `queueTime` of the prefill side and the decode
 * itself, the items add up to E2E.
 */
export interface HandOverTable {
  /** Index into the scenario's pools. */
  readonly decodePool: Int32Array;
  readonly decodeReplica: Int32Array;
  /** Prompt tokens whose KV was sent. */
  readonly kvTokens: Int32Array;
  /** Prompt tokens that the decode side computed again, because it cannot read the KV; 0 where it can. */
  readonly recomputedTokens: Int32Array;
  /** From the first batch of such a prompt at the decode side to its first token there. */
  readonly recomputeMs: Float64Array;
  /** The prompt is computed: the request arrives at the decode pool. */
  readonly prefilledMs: Float64Array;
  /** From the reservation of room at the decode side to the last byte. */
  readonly kvTransferMs: Float64Array;
  /** Wait for room at the decode side, by reason; `decodeIterationMs` is the wait from the last byte to the first batch. */
  readonly decodeHeadOfLineMs: Float64Array;
  readonly decodeSlotsMs: Float64Array;
  readonly decodeKvBlocksMs: Float64Array;
  readonly decodeTokenBudgetMs: Float64Array;
  readonly decodeIterationMs: Float64Array;
}
