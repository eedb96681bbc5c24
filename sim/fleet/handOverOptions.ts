/** How prompts computed in one pool go on in another. */
export interface HandOverOptions {
  /** Which pool gives the first token. `decode` computes the last prompt token again. */
  readonly firstToken: 'prefill' | 'decode';
  /** Prompts of which fewer tokens than this are not cached where they will decode are computed there. 0: none. */
  readonly minTokens: number;
  /** Above 1: KV goes out layer by layer while the prompt is computed, and the last of so many layers after it. */
  readonly overlappedLayers: number;
  /** KV of the output goes back to the prefill replica at the end. */
  readonly returnsKv: boolean;
  readonly kvBytesPerToken: number;
  /** Added to each transfer, on the grid. */
  readonly latencyMs: number;
  /** The decode side cannot read the KV: it computes prompt and first token again, and nothing is held or sent. */
  readonly recomputes: boolean;
}
