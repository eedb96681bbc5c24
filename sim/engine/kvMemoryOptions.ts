/** What the KV blocks of one replica are. */
export interface KvMemoryOptions {
  /** Among all of the run. */
  readonly replica: number;
  readonly totalBlocks: number;
  /** Log2 of the tokens of a block. */
  readonly blockShift: number;
  /** Full blocks can be found by later sequences. */
  readonly caching: boolean;
  /** Extents say when they became evictable. */
  readonly stamped?: boolean;
}
