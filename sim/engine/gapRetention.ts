/** What happens to the KV of a context when a call ends and its next call comes after a gap. */
export type GapRetention =
  /** Its blocks are empty at once: the memory tiers have the context. */
  | { readonly kind: 'offload' }
  /** Kept, or empty at once, whichever is expected to waste less memory. */
  | { readonly kind: 'cost-based' }
  /** Held for so long, or until the next call of its token stream is admitted, or somebody runs out of blocks. */
  | { readonly kind: 'pin'; readonly forMs: number };
