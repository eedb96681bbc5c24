/** A recorded trace of requests, in columns, sorted by arrival. */
export interface RequestTrace {
  readonly name: string;
  readonly count: number;
  /** Since the first request. Rises or stays equal. */
  readonly arrivalMs: Float64Array;
  readonly promptTokens: Int32Array;
  readonly outputTokens: Int32Array;
  /** Which prefixes requests share, when the trace records it. */
  readonly blockHashes: BlockHashes | undefined;
}

/**
 * Hashes of the prompt's blocks, of all requests end to end: those of request i are
 * `ids[offsets[i]] … ids[offsets[i + 1] − 1]`. A hash names the whole prefix up to its block's end;
 * equal hashes are equal prefixes. The last block of a prompt may be partial.
 */
export interface BlockHashes {
  readonly blockTokens: number;
  readonly ids: Int32Array;
  readonly offsets: Int32Array;
}
