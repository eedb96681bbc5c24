/** How the prompts of an engine pool go on in another: `handOver:` of a pool. */
export interface HandOverSpec {
  /** Name of the pool that decodes. */
  readonly to: string;
  readonly firstToken: 'prefill' | 'decode';
  /** Prompts of which fewer tokens are not cached at the decode side are computed there; 0: none. */
  readonly minTokens: number;
  /** The transfer overlaps the computing of the prompt, layer by layer. */
  readonly layerwise: boolean;
  /** KV of the output goes back to the prefill replica. */
  readonly returnKv: boolean;
  /** Per transfer, after the bytes. */
  readonly latencyMs: number;
  /** A request stays in the prefill pool when the one first in line at the decode pool has waited this long. */
  readonly spillAtQueueTimeMs: number;
  /** The other pool cannot read the KV: it computes the prompts again. */
  readonly recomputes?: boolean;
  /** Why the KV of one is taken to be readable by the other, where their profiles do not say so. */
  readonly assumedReadable: string | undefined;
}
